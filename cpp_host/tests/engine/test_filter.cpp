// Filter effects: sound that is filtered without latency, by curves that a model draws beside it.

#include "engine/filter/filter_design.h"
#include "tests/check.h"
#include "tests/engine/models/curve_models.h"

#include <limits>
#include <random>

using namespace streams;
using namespace curve_models;
using tonecast::Engine;
using tonecast::Mode;
using tonecast::PlaySettings;

namespace {

constexpr int rates_hz[] = {8000, 22050, 44100, 48000, 88200, 96000, 192000};

PlaySettings at_rate(int rate_hz, int channels = 2, std::optional<int> late_hops = {}) {
    PlaySettings settings;
    settings.sample_rate_hz = rate_hz;
    settings.channels = channels;
    settings.late_hops = late_hops;
    return settings;
}

PlaySettings with_worker(int max_block) {
    PlaySettings settings;
    settings.mode = Mode::worker;
    settings.max_block_samples = max_block;
    return settings;
}

void wait_for_worker(const Engine& engine) {
    while (engine.counters().completed_frames < engine.counters().frames)
        std::this_thread::yield();
}

/// In blocks of so many samples, waiting for the worker before each and at the end.
Signal play_in_time(Engine& engine, const Signal& in, int block) {
    Signal out = play(engine, in, [&] {
        wait_for_worker(engine);
        return block;
    });
    wait_for_worker(engine);
    return out;
}

float gain_of(const Signal& out, const Signal& in) {
    return std::fabs(out[0].back() / in[0].back());
}

} // namespace

TEST(a_flat_curve_of_zero_gives_the_sound_as_it_came_in_at_every_rate) {
    for (const int rate_hz : rates_hz) {
        const auto engine = curve_models::engine(flat(0.0F), at_rate(rate_hz));
        const Signal in = noise(2, 9000);
        CHECK(engine->latency_samples() == 0);
        CHECK(play(*engine, in) == in);
        CHECK(engine->counters().completed_frames > 5);
    }
}

TEST(an_impulse_comes_out_in_the_sample_in_which_it_goes_in) {
    for (const int rate_hz : rates_hz)
        for (const bool is_linked : {false, true}) {
            const auto engine = curve_models::engine(
                [](int, std::span<const float>, std::span<float> curve, float&) {
                    for (std::size_t b = 0; b < curve.size(); ++b)
                        curve[b] =
                            -3.0F - 20.0F * std::fabs(std::sin(0.1F * static_cast<float>(b)));
                    return true;
                },
                at_rate(rate_hz), is_linked);
            Signal in(2, std::vector<float>(20000));
            in[0][15000] = in[1][16000] = 1.0F;
            const Signal out = play(*engine, in);
            for (std::size_t c : {0U, 1U}) {
                const std::size_t at = c == 0 ? 15000 : 16000;
                for (std::size_t i = 0; i < at; ++i)
                    CHECK(out[c][i] == 0.0F);
                CHECK(out[c][at] > 0.01F);
            }
        }
}

TEST(any_cut_into_blocks_gives_the_same_bits) {
    for (const int rate_hz : rates_hz)
        for (const int late_hops : {0, 1, 3}) {
            const Signal in = noise(2, 6000);
            const auto whole = curve_models::engine(draw_sound, at_rate(rate_hz, 2, late_hops));
            const Signal expected = play(*whole, in);
            CHECK(largest_difference(expected, in) > 0.05F);
            std::mt19937 random(7);
            const auto cut = curve_models::engine(draw_sound, at_rate(rate_hz, 2, late_hops));
            CHECK(play(*cut, in, [&] { return static_cast<int>(random() % 700U); }) == expected);
            cut->reset();
            CHECK(play(*cut, in, [] { return 1; }) == expected);
        }
}

TEST(a_worker_gives_the_samples_that_inline_gives) {
    const Signal in = noise(2, 8000);
    const auto inline_engine = curve_models::engine(draw_sound, at_rate(48000));
    const Signal expected = play(*inline_engine, in);
    for (const int block : {1, 32, 128}) {
        const auto engine = curve_models::engine(draw_sound, with_worker(block));
        CHECK(engine->latency_samples() == 0);
        CHECK(play_in_time(*engine, in, block) == expected);
        CHECK(engine->counters().late_frames == 0);
    }
}

TEST(blocks_longer_than_a_hop_make_a_worker_later_and_inline_can_follow) {
    const Signal in = noise(2, 8000);
    const auto expected = curve_models::engine(draw_sound, at_rate(48000, 2, 4));
    const auto engine = curve_models::engine(draw_sound, with_worker(512)); // four hops of 128
    CHECK(play_in_time(*engine, in, 512) == play(*expected, in));
    CHECK(engine->counters().late_frames == 0);
}

TEST(more_late_hops_shift_the_curves_by_hops_and_nothing_else) {
    Signal in(1, std::vector<float>(4000, 0.5F));
    const auto step = [](int k, std::span<const float>, std::span<float> curve, float&) {
        std::ranges::fill(curve, k < 10 ? 0.0F : -20.0F);
        return true;
    };
    for (const int late_hops : {0, 1, 2}) {
        const auto engine = curve_models::engine(step, at_rate(48000, 1, late_hops));
        const Signal out = play(*engine, in);
        // The eleventh frame ends with sample 1407; its filter fades in from there, or later.
        const auto begins = static_cast<std::size_t>(1408 + 128 * late_hops);
        CHECK(out[0][begins - 1] == 0.5F);
        CHECK(out[0][begins] < 0.5F);
        CHECK(std::fabs(out[0][begins + 63] - 0.5F * 0.55F) < 1e-3F);
        CHECK(std::fabs(out[0][begins + 127] - 0.05F) < 1e-3F);
    }
}

TEST(a_broken_curve_leaves_the_last_filter_and_is_counted) {
    const float nan = std::numeric_limits<float>::quiet_NaN();
    const Signal in = noise(2, 8000);
    const auto sound = curve_models::engine(flat(-6.0F), at_rate(48000));
    const Signal expected = play(*sound, in);
    for (const float broken : {nan, std::numeric_limits<float>::infinity(), 0.0F}) {
        const auto engine = curve_models::engine(
            [broken](int k, std::span<const float>, std::span<float> curve, float&) {
                std::ranges::fill(curve, -6.0F);
                if (k >= 4)
                    curve[7] = broken;
                return k < 4 || broken != 0.0F; // zero: the graph itself fails
            },
            at_rate(48000));
        CHECK(play(*engine, in) == expected);
        CHECK(engine->counters().bad_frames == 8000 / 128 - 4);
        CHECK(engine->counters().held_frames == 0);
    }
}

TEST(a_late_curve_leaves_the_last_filter_and_is_counted) {
    std::atomic<bool> held{true};
    const auto wait = [&held](int k, std::span<const float>, std::span<float> curve, float&) {
        std::ranges::fill(curve, k < 6 ? -6.0F : -40.0F);
        while (k == 6 && held.load())
            std::this_thread::yield();
        return true;
    };
    const auto engine = curve_models::engine(wait, with_worker(128));
    Signal in(2, std::vector<float>(128, 0.5F));
    for (int b = 0; b < 6; ++b)
        play_in_time(*engine, in, 128);
    for (int b = 0; b < 20; ++b) // the seventh frame's curve does not come
        play(*engine, in);
    CHECK(engine->counters().late_frames == 19);
    const Signal out = play(*engine, in);
    for (const float sample : out[1])
        CHECK(std::fabs(sample - 0.25059F) < 1e-4F);
    held.store(false);
    float gain = 1.0F; // what comes later is taken up, once the worker has caught up
    while (gain > 0.011F) {
        gain = gain_of(play(*engine, in), in);
        std::this_thread::yield();
    }
    CHECK(gain > 0.009F);
}

TEST(gains_beyond_the_bounds_are_held_to_them_and_counted) {
    const Signal in(1, std::vector<float>(4000, 0.1F));
    const auto loud = curve_models::engine(flat(80.0F), at_rate(48000, 1));
    CHECK(std::fabs(gain_of(play(*loud, in), in) - 1.9953F) < 1e-3F); // 6 dB
    CHECK(loud->counters().held_frames == 4000 / 128 - 1);            // the last one not yet due
    const auto silent = curve_models::engine(
        [](int, std::span<const float>, std::span<float> curve, float&) {
            std::ranges::fill(curve, -1.0F);
            curve.front() = curve.back() = -std::numeric_limits<float>::infinity();
            return true;
        },
        at_rate(48000, 1));
    const Signal out = play(*silent, noise(1, 4000));
    for (const float sample : out[0])
        CHECK(std::fabs(sample) < 2.0F);
    CHECK(silent->counters().held_frames > 0);
    CHECK(silent->counters().bad_frames == 0);
}

TEST(curves_that_jump_by_60_db_fade) {
    const Signal in(1, std::vector<float>(8000, 0.5F));
    const auto jumping = [](int k, std::span<const float>, std::span<float> curve, float&) {
        std::ranges::fill(curve, k % 2 == 0 ? 0.0F : -60.0F);
        return true;
    };
    const Signal out = play(*curve_models::engine(jumping, at_rate(48000, 1)), in);
    for (std::size_t i = 1; i < out[0].size(); ++i)
        CHECK(std::fabs(out[0][i] - out[0][i - 1]) < 1.01F * 0.5F / 128.0F);
}

TEST(one_curve_is_for_all_channels_or_each_has_its_own) {
    Signal in = noise(2, 4000);
    for (float& sample : in[1])
        sample = 0.0F;
    in[1][3900] = 1.0F;
    const auto by_level = [](int, std::span<const float> frame, std::span<float> curve, float&) {
        const bool sounds = std::ranges::any_of(frame, [](float x) { return x != 0.0F; });
        std::ranges::fill(curve, sounds ? -20.0F : 0.0F);
        return true;
    };
    const auto each = curve_models::engine(by_level, at_rate(48000));
    CHECK(std::fabs(play(*each, in)[1][3900] - 1.0F) < 1e-6F);
    const auto linked = curve_models::engine(by_level, at_rate(48000), true);
    CHECK(std::fabs(play(*linked, in)[1][3900] - 0.1F) < 1e-4F);
}

TEST(delta_is_what_the_filter_takes_away) {
    tonecast::Contract contract = curve_models::contract();
    contract.controls = {delta()};
    const auto model = std::make_shared<CurveModel>(draw_sound, false, contract);
    const Signal in = noise(2, 5000);
    Engine engine(model);
    engine.prepare(at_rate(44100));
    const Signal wet = play(engine, in);
    engine.reset();
    engine.control(0).set(1.0F);
    const Signal delta = play(engine, in);
    for (std::size_t c : {0U, 1U})
        for (std::size_t i = 0; i < in[c].size(); ++i)
            CHECK(delta[c][i] == in[c][i] - wet[c][i]);
    engine.control(0).set(0.0F);
    const Signal back = play(engine, in); // fades: no step larger than those of the noise
    CHECK(std::fabs(back[0][0] - delta[0][0]) < 2.0F);
}

TEST(mix_and_bypass_need_no_delay) {
    const Signal in = noise(2, 5000);
    const auto engine = curve_models::engine(flat(-20.0F), at_rate(48000));
    engine->mix().set(0.5F);
    const Signal half = play(*engine, in);
    CHECK(std::fabs(half[0].back() - 0.55F * in[0].back()) < 1e-4F);
    engine->reset();
    engine->bypass().set(1.0F);
    CHECK(play(*engine, in) == in);
}

TEST(late_hops_that_cannot_be_kept_are_refused) {
    Engine engine(std::make_shared<CurveModel>(flat(0.0F)));
    PlaySettings settings = with_worker(512);
    settings.late_hops = 1;
    CHECK_THROWS_WITH(engine.prepare(settings), "cannot begin 1 hops after its frame; give 4 to");
    CHECK_THROWS_WITH(engine.prepare(at_rate(48000, 2, -1)), "give 0 to 1024");
}
