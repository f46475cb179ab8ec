// Sound beyond the level of a model's training, through the whole engine.

#include "engine/engine.h"
#include "engine/inference/identity.h"
#include "engine/signal/control_value.h"
#include "tests/check.h"
#include "tests/engine/streams.h"

#include <cmath>
#include <functional>
#include <random>

using namespace streams;
using tonecast::Contract;
using tonecast::Engine;
using tonecast::TrainedLevel;

namespace {

constexpr int rate_hz = 48000;

/// Gives each frame's samples through a curve: what a model may have learned, and what it may not.
class CurveModel : public tonecast::Model {
public:
    CurveModel(Contract contract, std::function<float(float)> curve)
        : contract_(std::move(contract)), curve_(std::move(curve)) {}

    const Contract& contract() const noexcept override { return contract_; }
    std::unique_ptr<tonecast::Runner> make_runner() const override {
        return std::make_unique<CurveRunner>(*this);
    }

private:
    class CurveRunner : public tonecast::Runner {
    public:
        explicit CurveRunner(const CurveModel& model)
            : model_(model), identity_(tonecast::IdentityModel(model.contract_).make_runner()) {}
        void prepare(int channels) override {
            identity_->prepare(channels);
            out_.assign(identity_->frame().size(), 0.0F);
        }
        void reset() noexcept override {}
        std::span<float> frame() noexcept override { return identity_->frame(); }
        std::span<float> controls() noexcept override { return {}; }
        std::span<const float> frame_out() const noexcept override { return out_; }
        bool run() noexcept override {
            std::ranges::transform(identity_->frame(), out_.begin(), model_.curve_);
            return true;
        }

    private:
        const CurveModel& model_;
        std::unique_ptr<tonecast::Runner> identity_;
        std::vector<float> out_;
    };

    Contract contract_;
    std::function<float(float)> curve_;
};

/// Frames of 256 samples in Hann windows, at their own rate.
std::unique_ptr<Engine> engine_with(std::optional<TrainedLevel> level,
                                    std::function<float(float)> curve, int host_rate_hz = rate_hz) {
    Contract contract = streams::contract(rate_hz);
    contract.frame_size_samples = 256;
    contract.hop_size_samples = 64;
    contract.hop_sizes_samples = {64};
    contract.analysis_window = tonecast::Window::hann;
    contract.synthesis_window = tonecast::Window::none;
    contract.trained_level = level;
    auto engine = std::make_unique<Engine>(std::make_shared<CurveModel>(contract, curve));
    engine->prepare({host_rate_hz, 2});
    return engine;
}

float same(float sample) {
    return sample;
}

Signal amplified(Signal signal, float gain) {
    for (auto& channel : signal)
        for (float& sample : channel)
            sample *= gain;
    return signal;
}

float peak(const Signal& signal) {
    float highest = 0.0F;
    for (const auto& channel : signal)
        for (const float sample : channel)
            highest = std::max(highest, std::fabs(sample));
    return highest;
}

constexpr TrainedLevel linear{true, 0.5F, 0.5F};
constexpr TrainedLevel nonlinear{false, 0.5F, 0.5F};

} // namespace

TEST(within_the_trained_range_not_one_bit_changes) {
    const Signal in = noise(2, 20000); // up to 0.5, and more between the samples
    for (const int host_rate_hz : {48000, 44100}) {
        const Signal before = play(*engine_with({}, same, host_rate_hz), in);
        for (const TrainedLevel& level : {TrainedLevel{true, 1.5F, 1.5F}, {false, 1.5F, 1.5F}}) {
            const auto engine = engine_with(level, same, host_rate_hz);
            CHECK(play(*engine, in) == before);
            CHECK(engine->counters().held_frames == 0);
        }
    }
}

TEST(a_linear_model_plays_louder_sound_as_well_and_never_hears_it) {
    // Beyond what it has learned it is wrong by 40 dB.
    const auto learned = [](float x) { return std::fabs(x) > 0.5F ? 100.0F * x : x; };
    const Signal in = noise(2, 20000);
    const Signal loud = amplified(in, 16.0F);
    const auto engine = engine_with(linear, learned);
    const Signal quiet_out = play(*engine, in);
    CHECK(engine->counters().held_frames == 0);
    engine->reset();
    CHECK(largest_difference(play(*engine, loud), amplified(quiet_out, 16.0F)) < 1e-4F);
    CHECK(engine->counters().held_frames == 0);
    CHECK(peak(play(*engine_with({}, learned), loud)) > 100.0F);
}

TEST(a_nonlinear_model_hears_and_gives_no_more_than_was_trained) {
    float heard = 0.0F;
    const auto explodes = [&heard](float x) {
        heard = std::max(heard, std::fabs(x));
        return 100.0F * x;
    };
    for (const float gain : {1.0F, 2.0F, 20.0F, 1e6F}) {
        for (const int host_rate_hz : {48000, 44100, 96000}) {
            const auto engine = engine_with(nonlinear, explodes, host_rate_hz);
            const Signal out = play(*engine, amplified(noise(2, 20000), gain));
            CHECK(peak(out) <= 0.5F * tonecast::db_to_linear(3.0F));
            CHECK(peak(out) > 0.5F);
            CHECK(engine->counters().held_frames > 0);
        }
    }
    CHECK(heard <= 0.5F * tonecast::db_to_linear(1.0F));
}

TEST(a_linear_model_that_explodes_is_held_in_proportion_to_its_input) {
    const auto explodes = [](float x) { return 100.0F * x; };
    for (const float gain : {1.0F, 2.0F, 20.0F, 1e6F}) {
        const Signal in = amplified(noise(2, 20000), gain);
        const Signal out = play(*engine_with(linear, explodes), in);
        CHECK(peak(out) <= 1.4126F * std::max(peak(in), 0.5F)); // 3 dB
    }
}

TEST(however_a_loud_stream_is_cut_the_same_samples_come_out) {
    const Signal in = amplified(noise(2, 20000), 5.0F);
    const auto curve = [](float x) { return 3.0F * x; };
    for (const TrainedLevel& level : {linear, nonlinear}) {
        const Signal whole = play(*engine_with(level, curve, 44100), in);
        std::mt19937 random(3);
        const auto cut = engine_with(level, curve, 44100);
        CHECK(play(*cut, in, [&] { return 1 + static_cast<int>(random() % 700); }) == whole);
    }
}

TEST(a_model_that_hums_in_silence_is_silent_after_100_ms) {
    const auto hums = [](float x) { return x + 0.01F; };
    Signal in = noise(2, 20000);
    for (auto& channel : in)
        channel.resize(40000, 0.0F);
    const auto engine = engine_with({}, hums);
    const Signal out = play(*engine, in);
    const int end = 20000 + engine->latency_samples();
    for (const auto& channel : out) {
        CHECK(std::fabs(channel[static_cast<std::size_t>(end)]) > 1e-3F);
        for (std::size_t i = static_cast<std::size_t>(end) + rate_hz / 10; i < 40000; ++i)
            CHECK(channel[i] == 0.0F);
    }
}

TEST(the_limiter_stands_before_bypass_and_is_off_unless_switched_on) {
    const Signal in = amplified(noise(2, 20000), 8.0F);
    const auto engine = engine_with({}, same);
    CHECK(peak(play(*engine, in)) > 3.0F);
    engine->reset();
    engine->limiter().set(1.0F);
    engine->ceiling_db().set(-6.0F);
    CHECK(peak(play(*engine, in)) <= tonecast::db_to_linear(-6.0F));
    CHECK(engine->counters().limited_samples > 0);
    engine->reset();
    engine->bypass().set(1.0F);
    CHECK(play(*engine, in) == delayed(in, engine->latency_samples()));
}
