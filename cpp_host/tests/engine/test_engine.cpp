#include "engine/engine.h"
#include "engine/error.h"
#include "tests/check.h"
#include "tests/engine/streams.h"

#include <cmath>
#include <limits>
#include <random>

using namespace streams;
using tonecast::Engine;

namespace {

constexpr int host_rates_hz[] = {16000, 22050, 44100, 48000, 88200, 96000, 192000};
constexpr int model_rates_hz[] = {44100, 48000};

/// A model that fails in a way of its own on chosen frames, and keeps a state that must be reset.
class FaultyModel : public tonecast::Model {
public:
    enum class Fault { fails, nan, infinite, huge };

    FaultyModel(Fault fault, int bad_frame) : fault_(fault), bad_frame_(bad_frame) {}

    const tonecast::Contract& contract() const noexcept override { return contract_; }

    std::unique_ptr<tonecast::Runner> make_runner() const override {
        return std::make_unique<FaultyRunner>(*this);
    }

private:
    class FaultyRunner : public tonecast::Runner {
    public:
        explicit FaultyRunner(const FaultyModel& model)
            : model_(model), identity_(tonecast::IdentityModel(model.contract_).make_runner()) {}
        void prepare(int channels) override {
            identity_->prepare(channels);
            poison_.reserve(identity_->frame_out().size());
        }
        void reset() noexcept override { poisoned_ = false; }
        std::span<float> frame() noexcept override { return identity_->frame(); }
        std::span<float> controls() noexcept override { return {}; }
        std::span<const float> frame_out() const noexcept override {
            return poisoned_ ? poison_ : identity_->frame_out();
        }
        bool run() noexcept override {
            identity_->run();
            if (++frames_ == model_.bad_frame_) {
                poison_.assign(identity_->frame_out().begin(), identity_->frame_out().end());
                poison_[7] = value();
                poisoned_ = true; // until it is reset
            }
            return !(poisoned_ && model_.fault_ == Fault::fails);
        }

    private:
        float value() const {
            switch (model_.fault_) {
            case Fault::nan:
                return std::numeric_limits<float>::quiet_NaN();
            case Fault::infinite:
                return -std::numeric_limits<float>::infinity();
            default:
                return 3e38F;
            }
        }
        const FaultyModel& model_;
        std::unique_ptr<tonecast::Runner> identity_;
        std::vector<float> poison_;
        bool poisoned_ = false;
        int frames_ = 0;
    };

    tonecast::Contract contract_ = streams::contract();
    Fault fault_;
    int bad_frame_;
};

} // namespace

TEST(any_way_of_cutting_the_stream_gives_the_same_samples) {
    std::mt19937 random(7);
    for (const int host_rate_hz : host_rates_hz) {
        for (const int model_rate_hz : model_rates_hz) {
            for (const int channels : {1, 2, 8}) {
                const auto engine = identity_engine({host_rate_hz, channels}, model_rate_hz);
                const Signal in = noise(channels, 30000);
                const Signal whole = play(*engine, in);
                for (const int largest : {1, 40, 700, 9000}) {
                    if (largest == 1 && channels > 1)
                        continue; // slow and says nothing new
                    engine->reset();
                    const Signal cut = play(*engine, in, [&] {
                        return static_cast<int>(random() % (static_cast<unsigned>(largest) + 1U));
                    });
                    CHECK(cut == whole);
                }
            }
        }
    }
}

TEST(knobs_turned_between_blocks_ramp_alike_however_the_rest_is_cut) {
    const Signal in = noise(2, 6000);
    const auto play_turning = [&](int block) {
        const auto engine = identity_engine({48000, 2});
        int at = 0;
        return play(*engine, in, [&] {
            if (at == 2000) {
                engine->mix().set(0.25F);
                engine->input_gain_db().set(-6.0F);
                engine->output_gain_db().set(3.0F);
            }
            if (at == 4000)
                engine->bypass().set(1.0F);
            const int n = std::min(block, 2000 - at % 2000);
            at += n;
            return n;
        });
    };
    CHECK(play_turning(2000) == play_turning(37));
}

TEST(the_wet_signal_is_late_by_exactly_the_latency) {
    for (const int model_rate_hz : model_rates_hz) {
        for (const int hop : {512, 768, 1024}) {
            const auto engine = identity_engine({model_rate_hz, 2, hop}, model_rate_hz);
            CHECK(engine->latency_samples() == 3072);
            const Signal in = noise(2, 20000);
            const Signal out = play(*engine, in);
            CHECK(largest_difference(out, delayed(in, 3072)) < 5e-7F); // −120 dB of full scale
        }
    }
}

TEST(a_resampled_signal_is_late_by_exactly_the_latency_too) {
    for (const int host_rate_hz : host_rates_hz) {
        for (const int model_rate_hz : model_rates_hz) {
            const auto engine = identity_engine({host_rate_hz, 1}, model_rate_hz);
            Signal tone(1, std::vector<float>(40000));
            for (std::size_t i = 0; i < tone[0].size(); ++i) { // fades in: nothing to ring
                const double t = static_cast<double>(i) / host_rate_hz;
                const double fade = 0.5 - 0.5 * std::cos(std::min(1.0, t / 0.05) * M_PI);
                tone[0][i] = static_cast<float>(0.5 * fade * std::sin(2.0 * M_PI * 5000.0 * t));
            }
            const Signal out = play(*engine, tone);
            CHECK(largest_difference(out, delayed(tone, engine->latency_samples())) < 2e-5F);
        }
    }
}

TEST(dry_and_bypass_are_bit_exact) {
    for (const int host_rate_hz : host_rates_hz) {
        const Signal in = noise(2, 20000);
        const auto dry = identity_engine({host_rate_hz, 2});
        dry->mix().set(0.0F);
        CHECK(play(*dry, in) == delayed(in, dry->latency_samples()));

        const auto bypassed = identity_engine({host_rate_hz, 2});
        bypassed->bypass().set(1.0F);
        bypassed->mix().set(0.5F);
        bypassed->input_gain_db().set(12.0F);
        bypassed->output_gain_db().set(-12.0F);
        CHECK(play(*bypassed, in) == delayed(in, bypassed->latency_samples()));
    }
}

TEST(bypass_does_not_click) {
    const auto engine = identity_engine({48000, 1});
    engine->output_gain_db().set(-20.0F);
    const Signal in(1, std::vector<float>(12000, 0.5F)); // DC: any step is the engine's own
    int at = 0;
    const Signal out = play(*engine, in, [&] {
        engine->bypass().set(at >= 6000 ? 1.0F : 0.0F);
        at += 100;
        return 100;
    });
    float largest_step = 0.0F;
    for (std::size_t i = 5001; i < out[0].size(); ++i)
        largest_step = std::max(largest_step, std::fabs(out[0][i] - out[0][i - 1]));
    CHECK(std::fabs(out[0][5900] - 0.05F) < 1e-3F);
    CHECK(out[0].back() == 0.5F);
    CHECK(largest_step < 0.45F / 960.0F * 1.01F); // the straight ramp over 20 ms
}

TEST(gains_and_mix_do_what_they_say) {
    const auto engine = identity_engine({48000, 1});
    engine->input_gain_db().set(6.0F);
    engine->output_gain_db().set(-12.0F);
    engine->mix().set(0.5F);
    const Signal in(1, std::vector<float>(10000, 0.1F));
    const float expected = 0.1F * (0.5F + 0.5F * 1.99526231F) * 0.251188643F;
    CHECK(std::fabs(play(*engine, in)[0].back() - expected) < 1e-6F);
}

TEST(reset_begins_a_stream_as_if_nothing_had_been) {
    for (const int host_rate_hz : {44100, 48000}) {
        const auto engine = identity_engine({host_rate_hz, 2});
        const Signal in = noise(2, 9000, 3);
        const Signal first = play(*engine, in);
        play(*engine, noise(2, 5555, 4));
        engine->reset();
        CHECK(play(*engine, in) == first);
    }
}

TEST(in_place_equals_out_of_place) {
    const auto engine = identity_engine({44100, 2});
    const Signal in = noise(2, 9000);
    const Signal expected = play(*engine, in);
    engine->reset();
    Signal both = in;
    const std::vector<float*> pointers{both[0].data(), both[1].data()};
    engine->process(pointers.data(), pointers.data(), 9000);
    CHECK(both == expected);
}

TEST(what_is_no_audio_from_the_host_is_silence_and_counted) {
    const auto engine = identity_engine({44100, 1});
    Signal in = noise(1, 9000);
    Signal silenced = in;
    in[0][100] = std::numeric_limits<float>::quiet_NaN();
    in[0][200] = std::numeric_limits<float>::infinity();
    in[0][300] = -3e38F;
    for (const std::size_t i : {100U, 200U, 300U})
        silenced[0][i] = 0.0F;
    const Signal out = play(*engine, in);
    CHECK(engine->counters().nonfinite_input_samples == 2);
    CHECK(engine->counters().excessive_input_samples == 1);
    CHECK(engine->counters().bad_frames == 0);
    engine->reset();
    CHECK(play(*engine, silenced) == out);
}

TEST(bad_frame_plays_dry_and_is_counted) {
    using Fault = FaultyModel::Fault;
    const Signal in = noise(2, 20000);
    const auto healthy = identity_engine({48000, 2});
    const Signal expected = play(*healthy, in);
    for (const Fault fault : {Fault::fails, Fault::nan, Fault::infinite, Fault::huge}) {
        Engine engine(std::make_shared<FaultyModel>(fault, 6));
        engine.prepare({48000, 2});
        CHECK(play(engine, in) == expected); // the identity's frame is the dry one
        CHECK(engine.counters().bad_frames == 1);
        CHECK(engine.counters().frames == 19);
    }
}

TEST(denormals_come_out_as_zero) {
    const auto engine = identity_engine({48000, 1});
    const Signal in(1, std::vector<float>(9000, 1e-40F));
    CHECK(play(*engine, in) == Signal(1, std::vector<float>(9000)));
}

TEST(unplayable_settings_are_refused_with_a_reason) {
    Engine engine(std::make_shared<tonecast::IdentityModel>(contract()));
    const Signal in = noise(1, 100);
    CHECK(play(engine, in) == in); // unprepared: untouched
    CHECK_THROWS_WITH(engine.prepare({48000, 9}), "9 channels cannot be played; give 1 to 8");
    CHECK_THROWS_WITH(engine.prepare({4000, 2}), "give 8000 to 384000 Hz");
    CHECK_THROWS_WITH(engine.prepare({48000, 2, 100}), "choose among 512, 768, 1024");

    tonecast::Contract predictor = contract();
    predictor.kind = tonecast::Kind::predictor;
    Engine mute(std::make_shared<tonecast::IdentityModel>(predictor));
    CHECK_THROWS_WITH(mute.prepare({48000, 2}), "is a predictor");
}
