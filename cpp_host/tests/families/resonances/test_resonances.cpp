// The kernel of the resonance equalizer as a model of the engine: the same bits whatever is around
// it, and clear refusals. That it draws the curves of the graph is tested from Python.

#include "engine/families/load_model.h"
#include "engine/families/registry.h"
#include "tests/check.h"
#include "tests/engine/streams.h"
#include "tests/families/resonances/small_equalizer.h"

#include <cmath>
#include <limits>
#include <random>
#include <span>
#include <string>
#include <thread>

using namespace streams;
using small_equalizer::Parts;
using tonecast::Engine;
using tonecast::Mode;
using Curve = std::vector<float>;

namespace {

std::string changed(std::string text, std::string_view before, std::string_view after) {
    return text.replace(text.find(before), before.size(), after);
}

std::shared_ptr<const tonecast::Model> load(const Parts& parts = {},
                                            const tonecast::LoadSettings& settings = {}) {
    return tonecast::load_model(small_equalizer::file(parts), settings);
}

/// A kernel in one stream.
class Stream {
public:
    explicit Stream(int channels) : model_(load()), runner_(model_->make_runner()) {
        runner_->prepare(channels);
    }

    void set(std::string_view name, float value) {
        const auto& controls = model_->contract().controls;
        const auto found = std::ranges::find(controls, name, &tonecast::Control::name);
        runner_->controls()[static_cast<std::size_t>(found - controls.begin())] = value;
    }

    /// Curves [channels] of a frame [channels, samples].
    std::vector<Curve> play(const Signal& frame) {
        auto at = runner_->frame().begin();
        for (const auto& channel : frame)
            at = std::ranges::copy(channel, at).out;
        worked = runner_->run();
        std::vector<Curve> curves;
        for (std::size_t c = 0; c < frame.size(); ++c) {
            const auto curve =
                runner_->frame_out().subspan(c * small_equalizer::bins, small_equalizer::bins);
            curves.emplace_back(curve.begin(), curve.end());
        }
        return curves;
    }

    void reset() { runner_->reset(); }

    bool worked = false;

private:
    std::shared_ptr<const tonecast::Model> model_;
    std::unique_ptr<tonecast::Runner> runner_;
};

Signal frame(int channels, unsigned seed) {
    return noise(channels, small_equalizer::bins, seed);
}

float deepest(const Curve& curve) {
    return *std::ranges::min_element(curve);
}

} // namespace

TEST(a_resonance_equalizer_is_played_by_its_kernel) {
    CHECK(tonecast::kernel_obstacle(small_equalizer::file().contract).empty());
    CHECK(load()->is_real_time_safe());
    CHECK(load()->played_by().backend == "kernel-fast");
    CHECK(load({}, {.backend = tonecast::Backend::kernel_exact})->played_by().backend ==
          "kernel-exact");
    CHECK_THROWS_WITH(load({}, {.instruction_set = "mmx"}),
                      "rings.onnx: this machine runs no kernel for \"mmx\"");
    CHECK_THROWS_WITH(load()->make_runner()->prepare(0), "at least one channel");
}

TEST(blocks_workers_and_other_streams_change_no_bit_of_an_equalizer) {
    const auto model = load();
    const auto play_all = [&](const Signal& in, Mode mode, const std::function<int()>& block) {
        Engine engine(model);
        engine.prepare({48000, 2, 0, mode, 64});
        const auto in_time = [&] {
            while (engine.counters().completed_frames < engine.counters().frames)
                std::this_thread::yield();
            return block();
        };
        Signal out = play(engine, in, in_time);
        CHECK(engine.counters().bad_frames == 0);
        return out;
    };
    const Signal in = noise(2, 6000);
    const Signal whole = play_all(in, Mode::inline_, [] { return 6000; });
    CHECK(whole != in);
    for (const int block : {1, 63, 64, 65, 480})
        CHECK(play_all(in, Mode::inline_, [&] { return block; }) == whole);
    for (const int block : {1, 17, 64})
        CHECK(play_all(in, Mode::worker, [&] { return block; }) == whole);
}

TEST(channels_that_are_not_linked_have_the_curves_that_they_have_alone) {
    Stream together(3);
    std::vector<Stream> alone;
    for (int c = 0; c < 3; ++c)
        alone.emplace_back(1).set("link", 0.0F);
    together.set("link", 0.0F);
    for (unsigned k = 0; k < 20; ++k) {
        const Signal sound = frame(3, k);
        const auto curves = together.play(sound);
        for (std::size_t c = 0; c < 3; ++c)
            CHECK(curves[c] == alone[c].play({sound[c]})[0]);
        CHECK(curves[0] != curves[1]);
    }
}

TEST(channels_that_are_linked_have_one_curve_and_part_from_there) {
    Stream stream(2);
    Stream always_apart(2);
    always_apart.set("link", 0.0F);
    for (unsigned k = 0; k < 20; ++k) {
        const auto curves = stream.play(frame(2, k));
        CHECK(curves[0] == curves[1]);
        CHECK(deepest(curves[0]) < -0.1F);
        always_apart.play(frame(2, k));
    }
    stream.set("link", 0.0F);
    for (unsigned k = 20; k < 200; ++k) {
        const auto curves = stream.play(frame(2, k));
        CHECK(curves[0] != curves[1]);
        const auto apart = always_apart.play(frame(2, k));
        if (k > 150) // what was heard together is forgotten
            for (std::size_t c = 0; c < 2; ++c)
                for (std::size_t b = 0; b < curves[c].size(); ++b)
                    CHECK(std::fabs(curves[c][b] - apart[c][b]) < 1e-3F);
    }
}

TEST(channels_that_are_linked_again_come_to_have_one_curve) {
    Stream stream(2);
    Stream always_linked(2);
    stream.set("link", 0.0F);
    for (unsigned k = 0; k < 20; ++k) {
        stream.play(frame(2, k));
        always_linked.play(frame(2, k));
    }
    stream.set("link", 1.0F);
    for (unsigned k = 20; k < 200; ++k) {
        const auto curves = stream.play(frame(2, k));
        const auto linked = always_linked.play(frame(2, k));
        CHECK(k > 20 || curves[0] != curves[1]);
        if (k > 150) {
            CHECK(curves[0] == curves[1]);
            for (std::size_t b = 0; b < linked[0].size(); ++b)
                CHECK(std::fabs(curves[0][b] - linked[0][b]) < 1e-3F);
        }
    }
}

TEST(silence_is_cut_nowhere) {
    Stream stream(2);
    for (int k = 0; k < 5; ++k)
        for (const Curve& curve : stream.play(Signal(2, Curve(small_equalizer::bins))))
            CHECK(std::ranges::count(curve, 0.0F) == small_equalizer::bins);
}

TEST(a_frame_that_is_not_finite_fails_and_a_reset_forgets_it) {
    for (const float broken :
         {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(), 1e30F})
        for (const float link : {0.0F, 1.0F}) {
            Stream stream(2);
            Stream fresh(2);
            stream.set("link", link);
            fresh.set("link", link);
            Signal sound = frame(2, 1);
            stream.play(sound);
            CHECK(stream.worked);
            sound[1][30] = broken;
            stream.play(sound);
            CHECK(!stream.worked);
            stream.reset();
            CHECK(stream.play(frame(2, 2)) == fresh.play(frame(2, 2)));
            CHECK(stream.worked);
        }
}

TEST(controls_out_of_their_ranges_read_nothing_beyond_the_tables) {
    const float values[] = {0.0F, -1.0F, 1e30F, -std::numeric_limits<float>::infinity(),
                            std::numeric_limits<float>::quiet_NaN()};
    for (const std::string& name : Parts().controls)
        for (const float value : values) {
            Stream stream(2);
            stream.set(name, value);
            for (unsigned k = 0; k < 3; ++k)
                CHECK(stream.play(frame(2, k)).size() == 2);
        }
}

TEST(other_effects_of_that_name_are_left_to_onnx_runtime) {
    const auto refused = [](const Parts& parts, const std::string& why) {
        CHECK(!tonecast::kernel_obstacle(small_equalizer::file(parts).contract).empty());
        CHECK_THROWS_WITH(load(parts, {.backend = tonecast::Backend::kernel_fast}),
                          "rings.onnx: " + why + "; play it with the backend \"onnxruntime\"");
    };
    Parts in_frames;
    in_frames.form = "frame";
    in_frames.frame_size_samples = 128;
    refused(in_frames, "the kernel of its architecture plays filter effects, and its form is "
                       "another");
    Parts without;
    std::erase(without.controls, "link");
    refused(without, "its kernel needs a control \"link\"");
    Parts more;
    more.controls.emplace_back("colour");
    refused(more, "its kernel knows no control \"colour\"");
}

TEST(an_equalizer_without_the_tables_that_it_promises_is_refused) {
    const auto refused = [](const Parts& parts, const std::string& why) {
        CHECK_THROWS_WITH(load(parts), "rings.onnx: " + why);
    };
    for (const auto table : {&Parts::lower_slot, &Parts::upper_slot, &Parts::covered_slots,
                             &Parts::lower_band, &Parts::upper_band})
        for (const std::int64_t index :
             {std::int64_t{-1}, std::int64_t{small_equalizer::slots}, std::int64_t{1} << 40}) {
            Parts parts;
            (parts.*table)[3] = index;
            refused(parts, "\"bands.");
            (parts.*table).pop_back();
            refused(parts, "its graph has no weights \"bands.");
        }
    for (const auto table :
         {&Parts::loudness_weight, &Parts::upper_share, &Parts::band_share, &Parts::sharpening}) {
        Parts parts;
        (parts.*table).pop_back();
        refused(parts, "its graph has no weights \"");
    }
    Parts fewer_bands;
    for (const auto table : {&Parts::noise_scatter_db, &Parts::band_octave, &Parts::pivot_octave})
        (fewer_bands.*table).pop_back();
    refused(fewer_bands, "its graph has no weights \"noise_scatter_db\"");
}

TEST(an_equalizer_whose_frames_are_longer_than_its_transform_is_refused) {
    auto file = small_equalizer::file();
    file.contract.frame_size_samples = 129;
    CHECK_THROWS_WITH(tonecast::load_model(file),
                      "rings.onnx: its transform of 128 samples must be at least 129 long");
    file.contract.frame_size_samples = 64;
    file.contract.transform_size_samples = 64;
    CHECK_THROWS_WITH(tonecast::load_model(file),
                      "rings.onnx: its transform of 64 samples must be at least 128 long");
}

TEST(networks_that_are_none_are_refused_by_the_name_of_their_field) {
    const auto refused = [](const std::string& from, const std::string& to,
                            const std::string& why) {
        Parts parts;
        parts.network = changed(parts.network, from, to);
        CHECK_THROWS_WITH(load(parts), "rings.onnx: resonances network: " + why);
    };
    refused("\"bands\": 12", "\"bands\": 1025", "\"bands\" must be an integer between 2 and 1024");
    refused("\"narrow_bands\": 4", "\"narrow_bands\": 12",
            "\"narrow_bands\" must be an integer between 1 and 11");
    refused("\"bins_per_band\": 8", "\"bins_per_band\": 65", "\"bins_per_band\"");
    refused("\"reach_bands\": 6", "\"reach_bands\": 0", "\"reach_bands\"");
    refused("\"sharpening_taps\": 3", "\"sharpening_taps\": 4", "\"sharpening_taps\" must be odd");
    refused("\"average_keep\": 0.5", "\"average_keep\": 1.5",
            "\"average_keep\" must lie between 0 and 1");
    refused("\"strength\": 1.1", "\"weakness\": 1.1", "\"strength\" is missing");
}
