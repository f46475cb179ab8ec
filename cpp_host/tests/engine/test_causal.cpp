// Effects that take sound sample by sample: no latency, the same bits however a stream is cut.

#include "engine/engine.h"
#include "tests/check.h"
#include "tests/engine/models/causal_networks.h"
#include "tests/engine/streams.h"

#include <cmath>
#include <limits>
#include <memory>
#include <random>

using namespace streams;
using tonecast::Engine;
using tonecast::PlaySettings;

namespace {

std::unique_ptr<Engine> engine_of(std::shared_ptr<const tonecast::Model> model,
                                  const PlaySettings& settings = {}) {
    auto engine = std::make_unique<Engine>(std::move(model));
    engine->prepare(settings);
    return engine;
}

Signal click(int channels, int samples) {
    Signal signal(static_cast<std::size_t>(channels),
                  std::vector<float>(static_cast<std::size_t>(samples)));
    for (auto& channel : signal)
        channel[0] = 0.5F;
    return signal;
}

/// A contract with the levels and the switches of a capture.
tonecast::Contract capture_contract() {
    tonecast::Contract made = causal_networks::contract();
    made.capture = tonecast::CaptureLevels{-24.0F, 6.0F, 10.0F};
    for (const char* name : {"invert", "normalize", "calibrate_input", "calibrate_output"})
        made.controls.push_back(causal_networks::control(name));
    made.controls.push_back(causal_networks::control("interface_dbu", 12.0F));
    made.controls.back().maximum = 40.0F;
    return made;
}

/// What is left of a constant once the knobs rest: the gain around a network of gain 1.
float gain_with(const std::vector<std::pair<std::size_t, float>>& knobs) {
    auto engine = engine_of(causal_networks::model(capture_contract(), 0.0F), {48000, 1});
    for (const auto& [index, value] : knobs)
        engine->control(index).set(value);
    return play(*engine, Signal{std::vector<float>(4800, 0.25F)})[0].back() / 0.25F;
}

float db(float decibels) {
    return std::pow(10.0F, decibels / 20.0F);
}

} // namespace

TEST(a_causal_effect_has_no_latency_at_its_own_rate) {
    auto engine = engine_of(causal_networks::model());
    CHECK(engine->latency_samples() == 0);
    const Signal out = play(*engine, click(2, 64), [] { return 1; });
    for (const auto& channel : out) {
        CHECK(channel[0] == 0.5F);
        CHECK(channel[1] == 0.9F * 0.5F);
    }
}

TEST(at_other_rates_it_is_late_by_its_resamplers_and_no_more) {
    for (const int host_hz : {44100, 88200, 96000, 192000}) {
        // A network without memory: what comes out is the dry sound, late.
        PlaySettings settings{host_hz, 1};
        settings.resampling = tonecast::Resampling::linear_phase;
        auto engine =
            engine_of(causal_networks::model(causal_networks::contract(), 0.0F), settings);
        Signal in{std::vector<float>(20000)};
        for (std::size_t i = 0; i < in[0].size(); ++i)
            in[0][i] = 0.5F * std::sin(0.02F * static_cast<float>(i));
        const Signal out = play(*engine, in, [] { return 37; });
        const Signal expected = delayed(in, engine->latency_samples());
        float largest = 0.0F;
        for (auto i = static_cast<std::size_t>(engine->latency_samples() + 1000); i < 20000; ++i)
            largest = std::max(largest, std::fabs(out[0][i] - expected[0][i]));
        CHECK(largest < 1e-4F);
        CHECK(engine->latency_samples() > 0 && engine->latency_samples() < host_hz / 100);
    }
}

TEST(between_rates_of_a_power_of_two_it_looks_at_nothing_ahead) {
    for (const int ratio : {2, 4, 8}) {
        const auto model = causal_networks::model(causal_networks::contract(), 0.0F);
        auto at_more = engine_of(model, {48000 * ratio, 1});
        CHECK(at_more->latency_samples() == ratio - 1); // as many samples become one
        const auto oversampled =
            causal_networks::model(causal_networks::contract(48000 * ratio), 0.0F);
        auto at_less = engine_of(oversampled, {48000, 1});
        CHECK(at_less->latency_samples() == 0);
        const Signal out = play(*at_less, click(1, 64), [] { return 1; });
        CHECK(out[0][0] != 0.0F);
        CHECK(*std::max_element(out[0].begin(), out[0].begin() + 16) > 0.2F); // phases bend
    }
}

TEST(cuts_change_no_bit_of_a_causal_effect) {
    for (const int host_hz : {48000, 44100, 96000}) {
        auto conditioned = causal_networks::contract();
        conditioned.controls = {causal_networks::control("drive", 0.7F)};
        for (const auto& model :
             {causal_networks::model(causal_networks::contract(), 0.9F, 1.0F, 0.01F),
              causal_networks::model(conditioned, 0.9F, 1.0F, 0.01F, 1)}) {
            auto engine = engine_of(model, {host_hz, 2});
            const Signal in = noise(2, 6000);
            const Signal whole = play(*engine, in);
            for (const int block : {1, 7, 64, 480, 513}) {
                engine->reset();
                CHECK(play(*engine, in, [&] { return block; }) == whole);
            }
            std::mt19937 random(1);
            engine->reset();
            CHECK(play(*engine, in, [&] { return static_cast<int>(random() % 700U) + 1; }) ==
                  whole);
        }
    }
}

TEST(the_first_sample_is_as_if_silence_had_always_been_there) {
    const auto model = causal_networks::model(causal_networks::contract(), 0.5F, 1.0F, 0.25F);
    auto engine = engine_of(model, {48000, 1});
    const Signal silence{std::vector<float>(100)};
    for (int again = 0; again < 2; ++again) {
        const Signal out = play(*engine, silence);
        for (const float sample : out[0])
            CHECK(sample == 0.5F); // where it rests, and no gate: it sounds on for ever
        play(*engine, noise(1, 100));
        engine->reset();
    }
}

TEST(what_is_no_audio_stays_dry_and_is_forgotten) {
    const auto model = causal_networks::model(causal_networks::contract(), 1.0F, 1e30F);
    auto engine = engine_of(model, {48000, 1});
    const Signal in = noise(1, 2000);
    const Signal out = play(*engine, in, [] { return 100; });
    for (std::size_t i = 960; i < in[0].size(); ++i) // once it has faded from the model to the dry
        CHECK(out[0][i] == in[0][i]);
    CHECK(engine->counters().bad_frames == engine->counters().frames);
    CHECK(engine->counters().frames == 20);
}

TEST(levels_of_a_capture_are_brought_to_those_of_the_user) {
    CHECK(gain_with({}) == 1.0F); // as the file is
    CHECK(gain_with({{0, 1.0F}}) == -1.0F);
    CHECK(std::fabs(gain_with({{1, 1.0F}}) - db(6.0F)) < 1e-4F); // from −24 to −18 dB
    CHECK(std::fabs(gain_with({{2, 1.0F}}) - db(12.0F - 6.0F)) < 1e-4F);
    CHECK(std::fabs(gain_with({{3, 1.0F}}) - db(10.0F - 12.0F)) < 1e-4F);
    // The device's own level is a level already.
    CHECK(std::fabs(gain_with({{1, 1.0F}, {3, 1.0F}}) - db(10.0F - 12.0F)) < 1e-4F);
    CHECK(std::fabs(gain_with({{2, 1.0F}, {4, 20.0F}}) - db(20.0F - 6.0F)) < 1e-3F);
}

TEST(another_size_fades_in_without_a_step) {
    auto engine = engine_of(causal_networks::two_sizes(), {48000, 1});
    const Signal in{std::vector<float>(4800, 0.5F)};
    CHECK(play(*engine, in)[0].back() == 0.5F);
    for (const float size : {0.0F, 1.0F, 0.49F, 0.5F}) {
        engine->control(0).set(size);
        float last = play(*engine, Signal{{0.5F}})[0][0];
        const Signal out = play(*engine, in, [] { return 64; });
        for (const float sample : out[0]) {
            CHECK(std::fabs(sample - last) <= 1.0F / 400.0F); // 1 in 10 ms, and a margin
            last = sample;
        }
        CHECK(last == (size < 0.5F ? -0.5F : 0.5F));
    }
}
