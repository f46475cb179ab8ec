// Live use: the model on a thread of its own, and what is heard when it is late or fails.

#include "engine/engine.h"
#include "tests/check.h"
#include "tests/engine/streams.h"

#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <thread>

using namespace streams;
using tonecast::Engine;
using tonecast::Mode;

namespace {

/// What a scripted model does with its k-th frame, counted from 0.
enum class Act { play, wait, fail, nan };

/// Passes frames through a gain: one that depends on the frame before, so that a lost, doubled or
/// reordered frame is heard, or a fixed one. Acts by a script; waits where it says so until it is
/// released.
class ScriptedModel : public tonecast::Model {
public:
    explicit ScriptedModel(tonecast::Contract contract, std::function<Act(int)> script = {},
                           float fixed_gain = 0.0F)
        : contract_(std::move(contract)), script_(std::move(script)), fixed_gain_(fixed_gain) {}

    const tonecast::Contract& contract() const noexcept override { return contract_; }

    std::unique_ptr<tonecast::Runner> make_runner() const override {
        return std::make_unique<ScriptedRunner>(*this);
    }

    void let_go() const { held_.store(false); }

private:
    class ScriptedRunner : public tonecast::Runner {
    public:
        explicit ScriptedRunner(const ScriptedModel& model)
            : model_(model), identity_(tonecast::IdentityModel(model.contract_).make_runner()) {}

        void prepare(int channels) override {
            identity_->prepare(channels);
            out_.assign(identity_->frame().size(), 0.0F);
            reset();
        }
        void reset() noexcept override {
            gain_ = model_.fixed_gain_ != 0.0F ? model_.fixed_gain_ : 1.0F;
        }
        std::span<float> frame() noexcept override { return identity_->frame(); }
        std::span<float> controls() noexcept override { return {}; }
        std::span<const float> frame_out() const noexcept override { return out_; }

        bool run() noexcept override {
            const Act act = model_.script_ ? model_.script_(model_.runs_.load()) : Act::play;
            while (act == Act::wait && model_.held_.load())
                std::this_thread::yield();
            for (std::size_t i = 0; i < out_.size(); ++i)
                out_[i] = gain_ * identity_->frame()[i];
            gain_ = model_.fixed_gain_ != 0.0F ? model_.fixed_gain_
                                               : 0.5F + std::fabs(out_[out_.size() / 2]);
            if (act == Act::nan)
                out_[3] = std::numeric_limits<float>::quiet_NaN();
            model_.runs_.fetch_add(1);
            return act != Act::fail;
        }

    private:
        const ScriptedModel& model_;
        std::unique_ptr<tonecast::Runner> identity_;
        std::vector<float> out_;
        float gain_ = 1.0F;
    };

    tonecast::Contract contract_;
    std::function<Act(int)> script_;
    float fixed_gain_;
    mutable std::atomic<int> runs_{0};
    mutable std::atomic<bool> held_{true};
};

/// Inverts frames until its k-th one, from which it does not return until it is released.
class StuckModel : public tonecast::Model {
public:
    StuckModel(tonecast::Contract contract, int stuck_from)
        : identity_(std::move(contract)), stuck_from_(stuck_from) {}

    const tonecast::Contract& contract() const noexcept override { return identity_.contract(); }

    std::unique_ptr<tonecast::Runner> make_runner() const override {
        return std::make_unique<StuckRunner>(identity_.make_runner(), stuck_from_, state_);
    }

    int runners() const { return state_->runners.load(); }
    void wait_until_stuck() const {
        while (!state_->stuck.load())
            std::this_thread::yield();
    }
    void let_go() { state_->held.store(false); }

private:
    struct State { // outlives the model, as the runner may
        std::atomic<bool> held{true};
        std::atomic<bool> stuck{false};
        std::atomic<int> runners{0};
    };

    class StuckRunner : public tonecast::Runner {
    public:
        StuckRunner(std::unique_ptr<tonecast::Runner> identity, int stuck_from,
                    std::shared_ptr<State> state)
            : identity_(std::move(identity)), runs_left_(stuck_from), state_(std::move(state)) {
            ++state_->runners;
        }
        ~StuckRunner() override { --state_->runners; }

        void prepare(int channels) override {
            identity_->prepare(channels);
            out_.assign(identity_->frame().size(), 0.0F);
        }
        void reset() noexcept override {}
        std::span<float> frame() noexcept override { return identity_->frame(); }
        std::span<float> controls() noexcept override { return {}; }
        std::span<const float> frame_out() const noexcept override { return out_; }

        bool run() noexcept override {
            while (runs_left_ == 0 && state_->held.load()) {
                state_->stuck.store(true);
                std::this_thread::sleep_for(std::chrono::milliseconds(1));
            }
            --runs_left_;
            for (std::size_t i = 0; i < out_.size(); ++i)
                out_[i] = -identity_->frame()[i];
            return true;
        }

    private:
        std::unique_ptr<tonecast::Runner> identity_;
        int runs_left_;
        std::shared_ptr<State> state_;
        std::vector<float> out_;
    };

    tonecast::IdentityModel identity_;
    int stuck_from_;
    std::shared_ptr<State> state_ = std::make_shared<State>();
};

constexpr float inverted = -0.7F; // far from dry, and without a step of its own

/// Blocks until the worker is through with so many frames.
void wait_for(const Engine& engine, std::uint64_t frames) {
    while (engine.counters().completed_frames < frames)
        std::this_thread::yield();
}

/// A tone, whose own steps are small, so that a click would stand out.
Signal tone(int samples) {
    Signal signal(1);
    for (int i = 0; i < samples; ++i)
        signal[0].push_back(0.5F * static_cast<float>(std::sin(2.0 * M_PI * 100.0 * i / 48000.0)));
    return signal;
}

float largest_step(const Signal& signal) {
    float largest = 0.0F;
    for (std::size_t i = 1; i < signal[0].size(); ++i)
        largest = std::max(largest, std::fabs(signal[0][i] - signal[0][i - 1]));
    return largest;
}

tonecast::Contract causal_contract() {
    tonecast::Contract made = contract();
    made.frame_size_samples = made.hop_size_samples = 256;
    made.hop_sizes_samples = {256};
    made.analysis_window = made.synthesis_window = tonecast::Window::none;
    return made;
}

} // namespace

TEST(a_worker_gives_the_inline_samples_a_fixed_delay_later) {
    for (const auto& made : {contract(), causal_contract()}) {
        for (const int rate_hz : {44100, 48000}) {
            for (const int block : {64, 480, 1000}) {
                const Signal in = noise(2, 24000);
                Engine plain(std::make_shared<ScriptedModel>(made));
                plain.prepare({rate_hz, 2});
                const Signal expected = play(plain, in);

                const auto model = std::make_shared<ScriptedModel>(made);
                Engine live(model);
                live.prepare({rate_hz, 2, 0, Mode::worker, block});
                const Signal out = play(live, in, [&] {
                    wait_for(live, live.counters().frames);
                    return block;
                });
                CHECK(live.counters().late_frames == 0);
                const int shift = live.latency_samples() - plain.latency_samples();
                const double hops = std::ceil(block * 48000.0 / rate_hz / made.hop_size_samples);
                const double delay = hops * made.hop_size_samples * rate_hz / 48000.0;
                CHECK(std::fabs(shift - delay) <= 1.0); // whole samples of the host's
                CHECK(out == delayed(expected, shift));
            }
        }
    }
}

TEST(late_frames_play_dry_are_counted_and_do_not_click) {
    for (const auto& made : {contract(), causal_contract()}) {
        const auto model = std::make_shared<ScriptedModel>(
            made, [](int frame) { return frame == 12 ? Act::wait : Act::play; }, inverted);
        Engine live(model);
        live.prepare({48000, 1, 0, Mode::worker, 256});
        const int hop = made.hop_size_samples;
        const Signal in = tone(200 * hop);
        int hops = 0;
        const Signal out = play(live, in, [&] {
            if (hops == 30)
                model->let_go(); // 18 hops too late
            if (hops <= 12)
                wait_for(live, static_cast<std::uint64_t>(hops));
            else if (hops > 30)
                std::this_thread::sleep_for(std::chrono::milliseconds(5));
            ++hops;
            return hop;
        });
        const auto late = live.counters().late_frames;
        CHECK(late >= 18);
        CHECK(late < 150); // it catches up, on a busy machine after some hops more
        CHECK(live.counters().frames == 200);

        // While frames are late the tone comes out dry, at its full level and exactly in time.
        const Signal dry = delayed(in, live.latency_samples());
        const auto level = [&](int from) {
            float peak = 0.0F;
            for (int i = from; i < from + std::max(hop, 960); ++i)
                peak = std::max(peak, std::fabs(out[0][static_cast<std::size_t>(i)]));
            return peak;
        };
        const int settled = 24 * hop; // the fades are over
        for (int i = settled; i < settled + 4 * hop; ++i)
            CHECK(std::fabs(out[0][static_cast<std::size_t>(i)] -
                            dry[0][static_cast<std::size_t>(i)]) < 1e-5F);
        CHECK(level(settled) > 0.49F);
        CHECK(largest_step(out) < 4.0F * largest_step(in));
    }
}

TEST(frames_that_fail_in_the_worker_are_dry_and_counted) {
    for (const Act fault : {Act::fail, Act::nan}) {
        const auto model = std::make_shared<ScriptedModel>(
            causal_contract(), [fault](int frame) { return frame % 7 == 3 ? fault : Act::play; },
            inverted);
        Engine live(model);
        live.prepare({48000, 1, 0, Mode::worker, 256});
        const Signal in = tone(256 * 50);
        int hops = 0;
        const Signal out = play(live, in, [&] {
            wait_for(live, static_cast<std::uint64_t>(hops++));
            return 256;
        });
        CHECK(live.counters().bad_frames == 7);
        CHECK(live.counters().late_frames == 0);
        for (const float sample : out[0])
            CHECK(std::isfinite(sample));
        CHECK(largest_step(out) < 4.0F * largest_step(in));
    }
}

TEST(reset_in_flight_begins_a_stream_as_if_nothing_had_been) {
    const auto model = std::make_shared<ScriptedModel>(
        contract(), [](int frame) { return frame == 5 ? Act::wait : Act::play; });
    Engine live(model);
    live.prepare({48000, 2, 0, Mode::worker});
    const Signal in = noise(2, 20000);
    play(live, in); // free-running: the worker hangs in the sixth frame
    live.reset();
    model->let_go();

    Engine fresh(std::make_shared<ScriptedModel>(contract()));
    fresh.prepare({48000, 2});
    const Signal expected = delayed(play(fresh, in), 1024);
    const auto late_before = live.counters().late_frames;
    const Signal out = play(live, in, [&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(20)); // time to have run it all
        return 1024;
    });
    if (live.counters().late_frames == late_before) // unless the machine was stalled that long
        CHECK(out == expected);
}

TEST(a_model_that_never_returns_is_left_behind) {
    const auto stuck = std::make_shared<StuckModel>(causal_contract(), 12);
    {
        Engine live(stuck);
        live.prepare({48000, 1, 0, Mode::worker, 256});
        const Signal in = tone(256 * 200);
        int hops = 0;
        const Signal out = play(live, in, [&] {
            if (hops <= 12)
                wait_for(live, static_cast<std::uint64_t>(hops));
            if (++hops == 14)
                stuck->wait_until_stuck();
            return 256;
        });
        const auto counters = live.counters();
        CHECK(counters.frames == 200);
        CHECK(counters.completed_frames == 12);
        // The last frame that went in is not due yet.
        CHECK(counters.late_frames == 200 - 12 - 1);
        CHECK(largest_step(out) < 4.0F * largest_step(in));
        const Signal dry = delayed(in, live.latency_samples());
        for (std::size_t i = 256 * 50; i < in[0].size(); ++i)
            CHECK(std::fabs(out[0][i] - dry[0][i]) < 1e-5F);
    } // hangs here otherwise
    CHECK(stuck->runners() == 1); // the thread has its runner still
    stuck->let_go();
    while (stuck->runners() > 0) // and ends after all
        std::this_thread::yield();
}

TEST(samples_and_counters_add_up_whatever_the_model_does) {
    const auto act = [](int frame) {
        const unsigned hash = static_cast<unsigned>(frame) * 2654435761U >> 24U;
        if (hash < 10)
            std::this_thread::sleep_for(std::chrono::milliseconds(3));
        return hash < 30 ? Act::fail : hash < 50 ? Act::nan : Act::play;
    };
    const auto model = std::make_shared<ScriptedModel>(causal_contract(), act, inverted);
    Engine live(model);
    live.prepare({48000, 1, 0, Mode::worker, 256});
    const Signal in = tone(256 * 3000);
    const Signal out = play(live, in, [&] {
        std::this_thread::sleep_for(std::chrono::microseconds(100));
        return 256;
    });
    const auto counters = live.counters();
    CHECK(counters.frames == 3000);
    CHECK(counters.bad_frames + counters.late_frames < counters.frames);
    CHECK(counters.bad_frames > 0);
    CHECK(largest_step(out) < 6.0F * largest_step(in)); // fades may begin while others last
    for (const float sample : out[0])
        CHECK(std::isfinite(sample));
}

TEST(knobs_and_counters_may_be_touched_from_any_thread_while_it_plays) {
    const auto engine = identity_engine({44100, 2, 0, Mode::worker});
    std::atomic<bool> playing{true};
    std::vector<std::thread> users;
    for (int user = 0; user < 3; ++user)
        users.emplace_back([&, user] {
            unsigned k = 0;
            while (playing.load()) {
                engine->mix().set(static_cast<float>(++k % 11U) / 10.0F);
                engine->output_gain_db().set(-static_cast<float>(k % 20U));
                engine->bypass().set(static_cast<float>(k % 2U));
                CHECK(engine->counters().late_frames <= engine->counters().frames);
                std::this_thread::sleep_for(std::chrono::microseconds(100 * (user + 1)));
            }
        });
    std::mt19937 random(5);
    const Signal in = noise(2, 200000);
    const Signal out = play(*engine, in, [&] {
        if (random() % 50U == 0)
            engine->reset();
        return static_cast<int>(random() % 1500U);
    });
    playing.store(false);
    for (std::thread& user : users)
        user.join();
    for (const auto& channel : out)
        for (const float sample : channel)
            CHECK(std::isfinite(sample));
}
