// The causal path from the sound to a control: when it acts, and what happens when it cannot.

#include "engine/control/automation_trace.h"
#include "engine/control/history.h"
#include "engine/control/window_reader.h"
#include "engine/engine.h"
#include "engine/signal/ramp.h"
#include "tests/check.h"
#include "tests/control/listeners.h"
#include "tests/engine/streams.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <random>

using namespace streams;
using namespace listeners;
using tonecast::AutomationPoint;
using tonecast::Engine;
using tonecast::Mode;

TEST(a_value_takes_effect_one_period_after_its_window_ends) {
    const auto level = [](std::span<const float> window, int) { return window[0]; };
    // Windows of 800 samples every 400, frames of 100, all at 8 kHz; followed at once.
    auto listener = std::make_shared<Listener>(predictor_contract(8000, 800, 0.05, 0.0), level);
    const auto engine = gauge_engine({8000, 1}, listener);
    Signal in(1, std::vector<float>(4000));
    for (std::size_t i = 0; i < 4000; ++i)
        in[0][i] = static_cast<float>(i) / 8000.0F;
    const Signal out = play(*engine, in);
    const auto at = [&](int frame_end) { // what the frame that ends there was played with
        return out[0][static_cast<std::size_t>(frame_end - 1 + engine->latency_samples())];
    };
    for (int end = 100; end < 1200; end += 100)
        CHECK(at(end) == 0.5F); // the default, until a window was full and its period has passed
    for (int k = 0; k < 5; ++k) {
        const float value = static_cast<float>(k) * 400.0F / 8000.0F; // of the window's beginning
        for (int end = 1200 + 400 * k; end < 1600 + 400 * k; end += 100)
            CHECK(at(end) == value);
    }
    const auto trace = engine->automation_trace(0);
    CHECK(trace.front() == (AutomationPoint{0.0, 0.5F, 0.5F}));
    CHECK(trace[1] == (AutomationPoint{1200 / 8000.0, 0.0F, 0.5F}));
    CHECK(trace[2] == (AutomationPoint{1600 / 8000.0, 0.05F, 0.0F}));
    CHECK(engine->last_automation_point(0)->time_s == trace.back().time_s);
}

TEST(any_way_of_cutting_the_stream_gives_the_same_curve) {
    std::mt19937 random(3);
    for (const auto& [host_hz, predictor_hz, model_hz] : rates) {
        for (const int channels : {1, 2, 5}) {
            const auto engine =
                gauge_engine({host_hz, channels}, quick_listener(predictor_hz), model_hz, 333);
            const Signal in = noise(channels, host_hz / 2);
            const Signal whole = play(*engine, in);
            const auto trace = engine->automation_trace(0);
            CHECK(trace.size() >= 7);
            CHECK(trace.back().predicted > 0.1F && trace.back().predicted != 0.5F);
            for (const int largest : {7, 700, 9000}) {
                engine->reset();
                const Signal cut = play(*engine, in, [&] {
                    return static_cast<int>(random() % (static_cast<unsigned>(largest) + 1U));
                });
                CHECK(cut == whole);
                CHECK(same(engine->automation_trace(0), trace));
            }
        }
    }
}

TEST(a_change_of_the_input_reaches_no_control_before_a_period_has_passed) {
    for (const auto& [host_hz, predictor_hz, model_hz] : rates) {
        const int frame = 64;
        const auto engine =
            gauge_engine({host_hz, 2}, quick_listener(predictor_hz, 0.0), model_hz, frame);
        const Signal in = noise(2, host_hz / 2);
        const Signal before = play(*engine, in);
        const auto trace = engine->automation_trace(0);
        for (const double changed_s : {0.03, 0.1, 0.10001, 0.1249, 0.19, 0.2222}) {
            const int t = static_cast<int>(changed_s * host_hz);
            Signal other = in;
            for (auto& channel : other)
                for (std::size_t i = static_cast<std::size_t>(t); i < channel.size(); ++i)
                    channel[i] *= 3.0F;
            engine->reset();
            const Signal after = play(*engine, other);
            const auto changed = engine->automation_trace(0);
            const double earliest_s = static_cast<double>(t) / host_hz + 0.05;
            bool reached = false;
            for (std::size_t k = 0; k < trace.size(); ++k) {
                CHECK(changed[k].time_s == trace[k].time_s);
                const bool differs = changed[k].predicted != trace[k].predicted;
                CHECK(!differs || trace[k].time_s >= earliest_s);
                // The resampler looks ahead; else the next window would already tell.
                const bool could = trace[k].time_s >= earliest_s + 0.05 + 0.03;
                CHECK(differs || !could || changed_s < 0.1);
                reached |= differs;
            }
            CHECK(reached);
            // The sound of frames that end before has not changed either: the curve is the sound.
            const int late = engine->latency_samples();
            const double frame_s = static_cast<double>(frame) / model_hz;
            const int same_until = static_cast<int>((earliest_s - 2.0 * frame_s) * host_hz) + late -
                                   400; // what resampling spreads a step by
            for (int i = 0; i < same_until; ++i)
                CHECK(before[0][static_cast<std::size_t>(i)] ==
                      after[0][static_cast<std::size_t>(i)]);
        }
    }
}

TEST(invalid_prediction_holds_the_last_value_and_is_counted) {
    const float bad[] = {std::numeric_limits<float>::quiet_NaN(),
                         std::numeric_limits<float>::infinity(), -0.01F, 1.01F, 3e38F};
    for (const float wrong : bad) {
        const auto value = [&](std::span<const float>, int k) {
            return k % 2 == 0 ? 0.25F : wrong;
        };
        for (const Mode mode : {Mode::inline_, Mode::worker}) {
            const auto engine =
                gauge_engine({8000, 1, 0, mode, 100}, quick_listener(8000, 0.0, value));
            const Signal out = play(*engine, noise(1, 8000), [&] {
                settle(*engine);
                return 100;
            });
            CHECK(engine->counters().predictions == 19);
            CHECK(engine->counters().bad_predictions == 9); // the last one is not due yet
            CHECK(engine->counters().late_predictions == 0);
            CHECK(engine->automation_trace(0).back().predicted == 0.25F);
            CHECK(out[0].back() == 0.25F);
        }
    }
}

TEST(control_stays_in_range_for_any_input) {
    const auto engine = gauge_engine({44100, 2}, quick_listener(22050), 44100);
    for (const float level :
         {0.0F, 1e-40F, 1.0F, -1.0F, 1e15F, 3e38F, std::numeric_limits<float>::quiet_NaN()}) {
        engine->reset();
        const Signal out = play(*engine, Signal(2, std::vector<float>(30000, level)));
        for (const float sample : out[0])
            CHECK(sample >= 0.0F && sample <= 1.0F);
    }
}

TEST(a_ramp_begins_to_the_bit_where_it_stands_and_never_leaves_its_range) {
    for (const int steps : {1, 3, 7, 15, 960}) {
        for (int from = 0; from <= 10; ++from) {
            for (int to = 0; to <= 10; ++to) {
                tonecast::Ramp ramp;
                ramp.prepare(steps);
                const float begin = static_cast<float>(from) / 10.0F;
                const float end = static_cast<float>(to) / 10.0F;
                ramp.jump_to(begin);
                ramp.move_to(end);
                CHECK(ramp.value() == begin);
                for (int step = 0; step < steps; ++step) {
                    const float value = ramp.next();
                    CHECK(value >= std::min(begin, end) && value <= std::max(begin, end));
                }
                CHECK(ramp.value() == end);
            }
        }
    }
}

TEST(a_switch_between_hand_and_predictor_is_ramped) {
    const auto one = [](std::span<const float>, int) { return 1.0F; };
    const auto engine = gauge_engine({8000, 1}, quick_listener(8000, 0.2, one), 8000, 40);
    engine->set_automatic(0, false);
    engine->control(0).set(0.1F);
    std::vector<float> curve; // a value a frame
    const auto play_on = [&](int frames) {
        for (int k = 0; k < frames; ++k)
            curve.push_back(play(*engine, noise(1, 40))[0][0]);
    };
    play_on(100);
    CHECK(curve.back() == 0.1F);
    CHECK(engine->counters().predictions == 0); // not automatic: none is asked for
    engine->set_automatic(0, true);
    play_on(400); // two seconds
    CHECK(curve.back() > 0.999F);
    for (std::size_t k = 102; k < curve.size(); ++k) { // up with the time constant
        CHECK(curve[k] >= curve[k - 1]);
        CHECK(curve[k] - curve[k - 1] < 0.9F * (1.0F - std::exp(-0.005F / 0.2F)) + 1e-6F);
    }
    engine->set_automatic(0, false);
    play_on(20);
    CHECK(curve.back() == 0.1F);
    for (std::size_t k = 501; k < curve.size(); ++k) // and down in 20 ms, four frames
        CHECK(curve[k - 1] - curve[k] < 0.9F / 4.0F + 1e-3F);
}

TEST(a_predictor_may_be_attached_and_replaced_while_it_plays) {
    const auto low = [](std::span<const float>, int) { return 0.2F; };
    const auto high = [](std::span<const float>, int) { return 0.9F; };
    Engine engine(std::make_shared<Gauge>(8000, 100));
    engine.set_automatic(0, true); // by nothing yet: it stays where it was set
    engine.control(0).set(0.6F);
    engine.prepare({8000, 1});
    CHECK(play(engine, noise(1, 3000))[0].back() == 0.6F);
    CHECK(engine.automation_trace(0).empty());
    engine.attach(0, quick_listener(8000, 0.0, low));
    CHECK(play(engine, noise(1, 3000))[0].back() == 0.2F);
    CHECK(engine.automation_trace(0).front().time_s == 3000 / 8000.0);
    engine.attach(0, quick_listener(8000, 0.0, high));
    const Signal out = play(engine, noise(1, 3000));
    CHECK(out[0].back() == 0.9F);
    engine.reset(); // and it stays attached
    CHECK(play(engine, noise(1, 3000))[0].back() == 0.9F);
    engine.prepare({16000, 1});
    CHECK(play(engine, noise(1, 9000))[0].back() > 0.89F);
}

TEST(unusable_predictor_is_refused_with_a_reason) {
    Engine engine(std::make_shared<Gauge>(8000, 100));
    engine.prepare({8000, 1});
    CHECK_THROWS_WITH(engine.attach(0, std::make_shared<Gauge>(8000, 100)),
                      "gauge is an effect, not a predictor");
    const auto hasty =
        std::make_shared<Listener>(predictor_contract(8000, 800, 0.005, 0.0), loudness);
    CHECK_THROWS_WITH(engine.attach(0, hasty), "more often than every 10 ms");
    CHECK(play(engine, noise(1, 500))[0].back() == 0.5F); // it plays on
}

TEST(the_history_hears_all_channels) {
    for (const int channels : {1, 2, 5}) {
        tonecast::History history;
        history.prepare(channels, 100, 50);
        tonecast::AudioBuffer in;
        in.resize(channels, 100);
        for (int c = 0; c < channels; ++c)
            std::fill_n(in.channel(c), 100, static_cast<float>(c + 1));
        history.push(in, 100);
        tonecast::AudioBuffer out;
        out.resize(std::min(channels, 2), 20);
        CHECK(history.copy(90, 10, 95, out));
        CHECK(out.channel(0)[4] == 0.0F);                          // before the stream began
        CHECK(out.channel(0)[5] == (channels == 5 ? 3.0F : 1.0F)); // (1 + 3 + 5) / 3
        if (channels > 1)
            CHECK(out.channel(1)[5] == (channels == 5 ? 3.0F : 2.0F)); // (2 + 4) / 2
        CHECK(!history.copy(81, 20, 0, out));
        history.push(in, 100);
        CHECK(!history.copy(49, 10, 0, out)); // room for 150 samples of 200
        CHECK(history.copy(50, 10, 0, out));
    }
}

TEST(windows_are_what_a_resampler_gives_that_runs_along) {
    for (const auto& [host_hz, predictor_hz, model_hz] : rates) {
        for (const int sides : {1, 2}) {
            const int samples = host_hz / 4;
            const Signal sound = noise(sides, samples);
            tonecast::AudioBuffer in;
            in.resize(sides, samples);
            for (int side = 0; side < sides; ++side)
                std::ranges::copy(sound[static_cast<std::size_t>(side)], in.channel(side));
            tonecast::Resampler along;
            along.prepare(host_hz, predictor_hz, sides, samples);
            tonecast::AudioBuffer expected;
            expected.resize(sides, along.max_output_samples(samples));
            along.process(in, samples, expected);

            tonecast::History history;
            history.prepare(sides, samples, samples);
            history.push(in, 100); // of another stream
            const std::int64_t begin = history.written();
            history.push(in, samples);
            const int window = predictor_hz / 10;
            tonecast::WindowReader reader;
            reader.prepare(host_hz, predictor_hz, sides, window);
            for (const int from : {0, 1, 777, predictor_hz / 10}) {
                CHECK(reader.needs({begin, from}) <= samples);
                std::vector<float> read(2 * static_cast<std::size_t>(window));
                CHECK(reader.read(history, {begin, from}, read));
                const float* const left = expected.channel(0) + from;
                const float* const right = expected.channel(sides - 1) + from;
                CHECK(std::equal(left, left + window, read.begin()));
                CHECK(std::equal(right, right + window, read.begin() + window));
            }
        }
    }
}

TEST(automation_trace_keeps_the_last_points_and_resets) {
    tonecast::AutomationTrace trace(8);
    CHECK(!trace.last());
    for (int k = 0; k < 20; ++k)
        trace.add({static_cast<double>(k), 0.0F, 0.0F});
    CHECK(trace.read().size() == 7); // the eighth may be being overwritten
    CHECK(trace.read().front().time_s == 13.0);
    CHECK(trace.last()->time_s == 19.0);
    trace.reset();
    CHECK(trace.read().empty() && !trace.last());
    trace.add({5.0, 0.0F, 0.0F});
    CHECK(trace.read().size() == 1);
}
