// Playing from a sound card: swapping effects during playback, meters, recording.

#include "engine/live/audio_callback.h"
#include "engine/live/engine_crossfader.h"
#include "tests/check.h"
#include "tests/engine/models/keyed_models.h"
#include "tests/engine/streams.h"
#include "tests/families/causal_models.h"

#include <atomic>
#include <cmath>
#include <random>
#include <thread>

using namespace streams;
using tonecast::AudioCallback;
using tonecast::Engine;
using tonecast::EngineCrossfader;

namespace {

std::shared_ptr<Engine> engine_with_gain(float gain_db, int rate_hz = 48000, int channels = 1) {
    std::shared_ptr<Engine> engine = identity_engine({rate_hz, channels});
    engine->output_gain_db().set(gain_db);
    return engine;
}

Signal tone(int samples) {
    Signal signal(1);
    for (int i = 0; i < samples; ++i)
        signal[0].push_back(0.5F * static_cast<float>(std::sin(2.0 * M_PI * 200.0 * i / 48000.0)));
    return signal;
}

/// Plays one channel through a crossfader, in place, calling `before` ahead of every block of 100.
Signal play(EngineCrossfader& crossfader, const Signal& in,
            const std::function<void(int)>& before) {
    Signal out = in;
    for (std::size_t at = 0; at < out[0].size(); at += 100) {
        before(static_cast<int>(at));
        float* const channel = out[0].data() + at;
        crossfader.process(&channel, &channel, 100);
    }
    return out;
}

float largest_step(const Signal& signal, std::size_t from, std::size_t to) {
    float largest = 0.0F;
    for (std::size_t i = from + 1; i < to; ++i)
        largest = std::max(largest, std::fabs(signal[0][i] - signal[0][i - 1]));
    return largest;
}

std::vector<float> interleaved(const Signal& signal) {
    std::vector<float> samples;
    for (std::size_t i = 0; i < signal[0].size(); ++i)
        for (const auto& channel : signal)
            samples.push_back(channel[i]);
    return samples;
}

} // namespace

TEST(an_empty_crossfader_is_silent) {
    EngineCrossfader crossfader;
    crossfader.prepare(48000, 1);
    const Signal in = tone(2000);
    CHECK(play(crossfader, in, [](int) {}) == Signal(1, std::vector<float>(2000)));
}

TEST(the_first_engine_plays_at_once_and_alone_as_without_a_crossfader) {
    EngineCrossfader crossfader;
    crossfader.prepare(48000, 1);
    crossfader.put(engine_with_gain(-6.0F));
    const Signal in = tone(20000);
    const Signal out = play(crossfader, in, [](int) {});
    CHECK(out == streams::play(*engine_with_gain(-6.0F), in));
    CHECK(crossfader.swaps() == 0);
}

TEST(a_swap_leaves_no_gap_and_no_click) {
    EngineCrossfader crossfader;
    crossfader.prepare(48000, 1);
    crossfader.put(engine_with_gain(0.0F));
    const Signal in = tone(40000);
    const Signal out = play(crossfader, in, [&](int at) {
        if (at == 20000)
            crossfader.put(engine_with_gain(-20.0F));
    });
    CHECK(crossfader.swaps() == 1);
    CHECK(crossfader.counters().frames == 24 + 19); // of 25,500 samples and of 20,000
    const Signal plain = streams::play(*engine_with_gain(0.0F), in);
    const Signal quiet = streams::play(*engine_with_gain(-20.0F), in);
    const std::size_t fade_at = 20000 + 3072; // the new engine's latency is filled
    const std::size_t faded_at = fade_at + 2400;
    for (std::size_t i = 0; i < fade_at; ++i)
        CHECK(out[0][i] == plain[0][i]);
    for (std::size_t i = faded_at; i < out[0].size(); ++i)
        CHECK(std::fabs(out[0][i] - quiet[0][i]) < 1e-6F);
    CHECK(largest_step(out, fade_at, faded_at) <= largest_step(in, 0, 40000) * 1.05F);
}

TEST(a_reset_begins_a_new_stream_with_the_engine_that_is_next) {
    const Signal in = tone(20000);
    const Signal quiet = streams::play(*engine_with_gain(-20.0F), in);
    for (const int put_at : {19900, 15800}) { // due, and in the middle of its fade
        EngineCrossfader crossfader;
        crossfader.prepare(48000, 1);
        crossfader.put(engine_with_gain(0.0F));
        play(crossfader, in, [&](int at) {
            if (at == put_at)
                crossfader.put(engine_with_gain(-20.0F));
        });
        crossfader.reset();
        CHECK(play(crossfader, in, [](int) {}) == quiet);
        CHECK(crossfader.swaps() == 1);
    }
    EngineCrossfader crossfader;
    crossfader.prepare(48000, 1);
    crossfader.put(engine_with_gain(0.0F));
    play(crossfader, in, [](int) {});
    crossfader.put(engine_with_gain(-20.0F)); // not a single block since
    crossfader.reset();
    CHECK(play(crossfader, in, [](int) {}) == quiet);
}

TEST(knobs_can_be_set_for_the_very_block_in_which_an_engine_begins) {
    EngineCrossfader crossfader;
    crossfader.prepare(48000, 1);
    const auto set_gain = [](Engine& engine) { engine.output_gain_db().set(-20.0F); };
    crossfader.put(engine_with_gain(0.0F));
    const Signal in = tone(20000);
    const Signal out = play(crossfader, in, [&](int) { crossfader.for_each_playing(set_gain); });
    CHECK(out == streams::play(*engine_with_gain(-20.0F), in));
    int playing = 0;
    crossfader.put(engine_with_gain(0.0F));
    crossfader.for_each_playing([&](Engine&) { ++playing; });
    CHECK(playing == 2); // both, while one fades into the other
}

TEST(engines_are_held_until_they_are_replaced_or_collected) {
    EngineCrossfader crossfader;
    crossfader.prepare(48000, 1);
    std::vector<std::shared_ptr<Engine>> engines;
    const auto put = [&] {
        engines.push_back(engine_with_gain(0.0F));
        crossfader.put(engines.back());
    };
    const auto held = [&] {
        std::vector<bool> answers;
        for (const auto& engine : engines)
            answers.push_back(crossfader.holds(engine.get()));
        return answers;
    };
    const auto play_on = [&](int samples) { play(crossfader, tone(samples), [](int) {}); };
    put();
    play_on(100);
    put();
    play_on(100);
    put();
    CHECK((held() == std::vector{true, true, true})); // plays, fades in, is next
    put();
    CHECK((held() == std::vector{true, true, false, true}));
    play_on(20000); // the first has faded out; the last waits until it is collected
    put();
    CHECK((held() == std::vector{true, true, false, false, true}));
    crossfader.collect();
    CHECK((held() == std::vector{false, true, false, false, true}));
}

TEST(a_thousand_swaps_keep_the_sound_going_and_free_what_they_leave) {
    EngineCrossfader crossfader;
    crossfader.prepare(48000, 1);
    std::atomic<bool> playing{true};
    std::atomic<int> blocks{0};
    std::thread audio([&] {
        std::vector<float> block(64);
        while (playing.load()) {
            for (std::size_t i = 0; i < block.size(); ++i)
                block[i] = 0.25F;
            float* const channel = block.data();
            crossfader.process(&channel, &channel, 64);
            for (const float sample : block)
                CHECK(std::isfinite(sample) && std::fabs(sample) <= 0.2501F);
            blocks.fetch_add(1);
        }
    });
    std::weak_ptr<Engine> last;
    for (int swap = 0; swap < 1000; ++swap) {
        const auto engine = engine_with_gain(-static_cast<float>(swap % 10));
        last = engine;
        crossfader.put(engine);
        crossfader.collect();
        if (swap % 10 == 0) // now and then let one play
            for (const int until = blocks.load() + 100; blocks.load() < until;)
                std::this_thread::yield();
    }
    playing.store(false);
    audio.join();
    CHECK(crossfader.swaps() > 10);
    CHECK(!last.expired()); // the crossfader plays it, or will
}

TEST(a_thousand_captures_one_after_the_other_leave_no_gap_and_no_click) {
    const std::vector<std::shared_ptr<const tonecast::Model>> captures{
        causal_models::alone(causal_models::random_lstm(1)),
        causal_models::alone(causal_models::random_lstm(2)),
        causal_models::alone(causal_models::random_wavenet_of(3))};
    const auto engine_of = [&](int swap) {
        auto engine = std::make_shared<Engine>(captures[static_cast<std::size_t>(swap) % 3]);
        engine->prepare({48000, 1});
        return engine;
    };
    // What each of them does by itself to the tone that all of them hear.
    const Signal in = tone(4800);
    float own_step = 0.0F;
    float peak = 0.0F;
    for (int i = 0; i < 3; ++i) {
        const Signal own = streams::play(*engine_of(i), in);
        own_step = std::max(own_step, largest_step(own, 0, own[0].size()));
        for (const float sample : own[0])
            peak = std::max(peak, std::fabs(sample));
    }
    EngineCrossfader crossfader;
    crossfader.prepare(48000, 1);
    crossfader.put(engine_of(0));
    std::vector<std::weak_ptr<Engine>> all;
    float last = play(crossfader, in, [](int) {})[0].back();
    for (int swap = 1; swap <= 1000; ++swap) {
        const auto engine = engine_of(swap);
        all.push_back(engine);
        crossfader.put(engine);
        Signal out = play(crossfader, in, [](int) {});
        crossfader.collect();
        out[0].insert(out[0].begin(), last); // a whole number of periods: the tone goes on
        last = out[0].back();
        CHECK(crossfader.swaps() == swap);
        // A fade of 2400 samples between two sounds of that peak adds so much to a step.
        CHECK(largest_step(out, 0, out[0].size()) <= own_step + 2.0F * peak / 2400.0F + 1e-6F);
    }
    all.pop_back(); // it plays
    CHECK(std::ranges::all_of(all, [](const auto& engine) { return engine.expired(); }));
}

TEST(the_card_gets_what_the_engine_plays_with_meters_and_a_recording) {
    AudioCallback card;
    card.prepare({48000, 2, 2, 0.0F, 1.0F});
    card.crossfader().put(engine_with_gain(-6.0F, 48000, 2));
    const Signal in = noise(2, 24000);
    const std::vector<float> samples = interleaved(in);
    std::vector<float> out(samples.size());
    for (int at = 0; at < 24000; at += 600) // more than a slice
        card.process(samples.data() + 2 * at, out.data() + 2 * at, 600, at == 600, at < 1200);
    const auto expected = interleaved(streams::play(*engine_with_gain(-6.0F, 48000, 2), in));
    // The soft start of one sample mutes nothing but the silence before the sound.
    CHECK(out == expected);

    const auto report = card.report();
    CHECK(report.callbacks == 40);
    CHECK(report.input_xruns == 1);
    CHECK(report.output_xruns == 2);
    CHECK(std::fabs(report.input_peak - 0.5F) < 1e-3F);
    CHECK(std::fabs(report.output_peak - 0.25F) < 2e-3F);
    CHECK(card.report().input_peak == 0.0F); // read meters fall
    CHECK(card.durations().count() == 40);
    CHECK(card.durations().percentile_us(1.0) == card.durations().longest_us());

    std::vector<float> recorded(out.size() + 10);
    CHECK(card.read_recording(recorded) == out.size());
    recorded.resize(out.size());
    CHECK(recorded == out);
    CHECK(report.unrecorded_samples == 0);
}

TEST(unread_recording_loses_whole_blocks_and_says_so) {
    AudioCallback card;
    card.prepare({48000, 1, 1, 0.0F, 0.01F}); // room for 480 samples
    card.crossfader().put(engine_with_gain(0.0F));
    const std::vector<float> in(100, 0.1F);
    std::vector<float> out(100);
    for (int k = 0; k < 10; ++k)
        card.process(in.data(), out.data(), 100, false, false);
    CHECK(card.report().unrecorded_samples == 600);
}

TEST(the_last_inputs_of_a_card_are_its_sidechain) {
    const Signal in = noise(2, 8000);
    const Signal key = noise(2, 8000, 2);
    for (const std::size_t side_channels : {1U, 2U}) {
        AudioCallback card;
        card.prepare({48000, static_cast<int>(2 + side_channels), 2, 0.0F, 0.0F,
                      static_cast<int>(side_channels)});
        const auto engine = std::make_shared<Engine>(keyed_models::in_blocks());
        engine->prepare({48000, 2});
        card.crossfader().put(engine);
        Signal inputs = in;
        inputs.insert(inputs.end(), key.begin(), key.begin() + static_cast<int>(side_channels));
        const std::vector<float> samples = interleaved(inputs);
        std::vector<float> out(2 * in[0].size());
        card.process(samples.data(), out.data(), 8000, false, false);
        const Signal heard{key[0], key[side_channels - 1]}; // one is heard by both
        CHECK(out == interleaved(delayed(heard, engine->latency_samples())));
    }
}

TEST(a_mono_input_reaches_both_channels) {
    AudioCallback card;
    card.prepare({48000, 1, 2, 0.0F, 0.0F});
    card.crossfader().put(engine_with_gain(0.0F, 48000, 2));
    const Signal in = noise(1, 8000);
    std::vector<float> out(16000);
    card.process(in[0].data(), out.data(), 8000, false, false);
    for (std::size_t i = 0; i < 8000; ++i)
        CHECK(out[2 * i] == out[2 * i + 1]);
    CHECK(out[2 * 3072] == in[0][0]);
}

TEST(a_soft_start_rises_from_silence) {
    AudioCallback card;
    card.prepare({48000, 1, 1, 0.5F, 0.0F});
    auto bypassed = engine_with_gain(0.0F);
    bypassed->bypass().set(1.0F);
    card.crossfader().put(bypassed);
    const std::vector<float> in(40000, 0.5F);
    std::vector<float> out(40000);
    card.process(in.data(), out.data(), 40000, false, false);
    CHECK(std::fabs(out[12000] - 0.25F) < 1e-3F);
    CHECK(out[30000] == 0.5F);
}

TEST(a_card_that_came_back_plays_as_when_it_was_opened) {
    AudioCallback card;
    card.prepare({48000, 1, 1, 0.5F, 0.0F});
    card.crossfader().put(engine_with_gain(0.0F));
    const std::vector<float> in = interleaved(tone(40000));
    std::vector<float> first(in.size());
    std::vector<float> second(in.size());
    card.process(in.data(), first.data(), 40000, false, false);
    card.restart();
    card.process(in.data(), second.data(), 40000, false, false);
    CHECK(second == first);
}

TEST(percentiles_are_exact_to_one_percent_and_nothing_is_trimmed) {
    tonecast::DurationHistogram durations;
    CHECK(std::isnan(durations.percentile_us(0.5)));
    for (int k = 1; k <= 1000; ++k)
        durations.add(static_cast<float>(k));
    durations.add(5e7F); // beyond the last bin
    CHECK(std::fabs(durations.percentile_us(0.5) / 501.0F - 1.0F) < 0.0101F);
    CHECK(std::fabs(durations.percentile_us(0.99) / 991.0F - 1.0F) < 0.0101F);
    CHECK(durations.count_above(500.0F) >= 496 && durations.count_above(500.0F) <= 501);
    CHECK(durations.count_above(2.0F * durations.longest_us()) == 0);
    CHECK(durations.longest_us() == 5e7F);
    CHECK(durations.count() == 1001);
}
