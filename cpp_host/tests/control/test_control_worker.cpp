// Predictions on a thread of their own: the same curve, late ones, and calls from every other
// thread.

#include "engine/engine.h"
#include "tests/check.h"
#include "tests/control/listeners.h"
#include "tests/engine/streams.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <memory>
#include <random>
#include <thread>

using namespace streams;
using namespace listeners;
using tonecast::AutomationPoint;
using tonecast::Mode;

TEST(a_worker_gives_the_inline_curve_a_fixed_delay_later) {
    for (const auto& [host_hz, predictor_hz, model_hz] : rates) {
        for (const int block : {64, 300}) {
            const auto plain = gauge_engine({host_hz, 2}, quick_listener(predictor_hz), model_hz);
            const auto live = gauge_engine({host_hz, 2, 0, Mode::worker, block},
                                           quick_listener(predictor_hz), model_hz);
            const Signal in = noise(2, host_hz / 2);
            const Signal expected = play(*plain, in);
            const Signal out = play(*live, in, [&] {
                settle(*live);
                return block;
            });
            CHECK(live->counters().late_predictions == 0);
            CHECK(live->counters().late_frames == 0);
            CHECK(live->counters().predictions == plain->counters().predictions);
            const int shift = live->latency_samples() - plain->latency_samples();
            CHECK(shift > 0);
            CHECK(out == delayed(expected, shift));
            CHECK(same(live->automation_trace(0), plain->automation_trace(0)));
        }
    }
}

TEST(a_late_prediction_holds_the_last_value_and_is_counted) {
    std::atomic<bool> held{true};
    const auto value = [&](std::span<const float>, int k) {
        while (k == 2 && held.load())
            std::this_thread::yield();
        return k == 0 ? 0.25F : 0.75F;
    };
    const auto live =
        gauge_engine({8000, 1, 0, Mode::worker, 100}, quick_listener(8000, 0.0, value));
    const Signal in = noise(1, 8000);
    int blocks = 0;
    const auto wait_until_due = [&] {
        // Windows end at 800, 1200, 1600, … samples; the third one hangs until block 32.
        if (blocks < 16 || blocks > 32)
            settle_predictions(*live);
        if (blocks == 32) {
            held.store(false);
            settle_predictions(*live);
        }
        ++blocks;
        return 100;
    };
    play(*live, in, wait_until_due);
    const auto counters = live->counters();
    CHECK(counters.late_predictions == 4); // due at 2000, 2400, 2800 and 3200
    CHECK(counters.bad_predictions == 0);
    const auto trace = live->automation_trace(0);
    CHECK(trace[1].predicted == 0.25F);
    for (std::size_t k = 2; k < trace.size(); ++k)
        CHECK(trace[k].predicted == 0.75F);
}

TEST(everything_may_be_touched_from_any_thread_while_it_plays) {
    const auto live =
        gauge_engine({44100, 2, 0, Mode::worker, 300}, quick_listener(22050), 44100, 256);
    std::atomic<bool> playing{true};
    std::vector<std::thread> users;
    users.emplace_back([&] { // the control thread
        for (int k = 0; playing.load(); ++k) {
            if (k % 8 == 0)
                live->attach(0, quick_listener(22050));
            live->set_automatic(0, k % 3 != 0);
            live->control(0).set(static_cast<float>(k % 11) / 10.0F);
            std::this_thread::sleep_for(std::chrono::milliseconds(3));
        }
    });
    users.emplace_back([&] {
        while (playing.load()) {
            const auto last = live->last_automation_point(0);
            CHECK(!last || (last->applied >= 0.0F && last->applied <= 1.0F));
            for (const AutomationPoint& point : live->automation_trace(0))
                CHECK(point.time_s >= 0.0 && point.predicted <= 1.0F);
            CHECK(live->counters().late_predictions <= live->counters().predictions);
            live->missing_realtime_priority();
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
    });
    std::mt19937 random(9);
    const Signal out = play(*live, noise(2, 200000), [&] {
        std::this_thread::sleep_for(std::chrono::microseconds(200));
        if (random() % 100U == 0)
            live->reset();
        return static_cast<int>(random() % 600U);
    });
    playing.store(false);
    for (std::thread& user : users)
        user.join();
    for (const float sample : out[0])
        CHECK(std::isfinite(sample));
}

TEST(a_predictor_that_never_returns_is_left_behind) {
    const auto held = std::make_shared<std::atomic<bool>>(true);
    const auto stuck = std::make_shared<std::atomic<bool>>(false);
    {
        auto listener = quick_listener(8000, 0.1, [held, stuck](std::span<const float>, int k) {
            while (k == 2 && held->load()) {
                stuck->store(true);
                std::this_thread::sleep_for(std::chrono::milliseconds(1));
            }
            return 0.25F;
        });
        const auto live = gauge_engine({8000, 2, 0, Mode::worker, 300}, std::move(listener));
        const Signal in = noise(2, 8000);
        play(*live, in, [&] {
            const auto predictions = live->counters().predictions;
            while (live->counters().completed_predictions <
                       std::min<std::uint64_t>(2, predictions) ||
                   (predictions > 2 && !stuck->load()))
                std::this_thread::yield();
            return 300;
        });
        CHECK(live->counters().completed_predictions == 2);
        CHECK(live->counters().late_predictions > 10);
    } // hangs here otherwise
    CHECK(held.use_count() == 2); // the thread has its runner still
    held->store(false);
    while (held.use_count() > 1) // and ends after all
        std::this_thread::yield();
}
