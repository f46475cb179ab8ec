// Models with a delay of their own: the latency says so, and the dry sound is as late.

#include "engine/engine.h"
#include "tests/check.h"
#include "tests/engine/models/delaying_models.h"
#include "tests/engine/streams.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <random>
#include <thread>

using namespace streams;
using delaying_models::InBlocks;
using tonecast::Engine;
using tonecast::Mode;
using tonecast::PlaySettings;
using tonecast::Resampling;

namespace {

constexpr int block_samples = 64; // of the contract

std::unique_ptr<Engine> engine_of(std::shared_ptr<const tonecast::Model> model,
                                  const PlaySettings& settings) {
    auto engine = std::make_unique<Engine>(std::move(model));
    engine->prepare(settings);
    return engine;
}

std::shared_ptr<const tonecast::Model> delaying(int delay_samples) {
    return delaying_models::model(delaying_models::contract(delay_samples));
}

Signal click(int at, int samples) {
    Signal signal{std::vector<float>(static_cast<std::size_t>(samples))};
    signal[0][static_cast<std::size_t>(at)] = 0.5F;
    return signal;
}

/// Rises slowly: a sample in the wrong place is off by its distance, a change of source by little.
Signal ramp(int samples) {
    Signal signal{std::vector<float>(static_cast<std::size_t>(samples))};
    for (std::size_t i = 0; i < signal[0].size(); ++i)
        signal[0][i] = 1e-4F * static_cast<float>(i);
    return signal;
}

int place_of_the_peak(const std::vector<float>& samples) {
    const auto less = [](float a, float b) { return std::fabs(a) < std::fabs(b); };
    return static_cast<int>(std::ranges::max_element(samples, less) - samples.begin());
}

struct Case {
    PlaySettings settings;
    int delay_samples;
    int latency_samples; // by hand, from docs/latency.md
};

/// h : m, A and B of a file for 48 kHz at 44.1 kHz are 147 : 160, 88 and 96; at 96 kHz 2 : 1, 176
/// and 88, or, without looking ahead, 1 and 0.
Case at(int host_hz, Resampling resampling, int delay_samples, int latency_samples) {
    PlaySettings settings{host_hz, 1};
    settings.resampling = resampling;
    return {settings, delay_samples, latency_samples};
}

} // namespace

TEST(the_latency_is_where_a_click_comes_out) {
    constexpr auto linear = Resampling::linear_phase;
    for (const Case& one : {
             at(48000, linear, 1, 1),
             at(48000, linear, 240, 240),
             at(48000, linear, 65536, 65536),
             at(44100, linear, 160, 88 + 235), // (96 + 160) · 147 / 160 = 235.2
             at(44100, linear, 37, 88 + 122),  // 122.2
             at(44100, linear, 101, 88 + 180), // 180.99
             at(96000, linear, 37, 176 + 250), // (88 + 37) · 2
             at(96000, linear, 240, 176 + 656),
         }) {
        auto engine = engine_of(delaying(one.delay_samples), one.settings);
        CHECK(engine->latency_samples() == one.latency_samples);
        const int samples = 4000 + one.latency_samples;
        const Signal out = play(*engine, click(1000, samples), [] { return 480; });
        CHECK(place_of_the_peak(out[0]) == 1000 + one.latency_samples);
    }
    for (const int delay_samples : {37, 240}) // bends phases, so that the peak is elsewhere
        CHECK(engine_of(delaying(delay_samples), {96000, 1})->latency_samples() ==
              1 + 2 * delay_samples);
}

TEST(dry_and_wet_are_as_late_so_that_a_mix_is_no_comb) {
    auto engine = engine_of(delaying(240), {48000, 2});
    const Signal in = noise(2, 6000);
    for (const float mix : {0.0F, 0.5F, 1.0F})
        for (const float bypass : {0.0F, 1.0F}) {
            engine->reset();
            engine->mix().set(mix);
            engine->bypass().set(bypass);
            CHECK(play(*engine, in) == delayed(in, 240));
        }
}

TEST(resampled_it_is_aligned_between_the_samples_too) {
    for (const int host_hz : {44100, 88200, 96000, 48001}) {
        PlaySettings settings{host_hz, 1};
        settings.resampling = Resampling::linear_phase;
        for (const int delay_samples : {1, 37, 101}) { // most are no whole samples of the host
            auto engine = engine_of(delaying(delay_samples), settings);
            engine->mix().set(0.5F);
            Signal in{std::vector<float>(6000)};
            for (std::size_t i = 0; i < in[0].size(); ++i)
                in[0][i] = 0.5F * std::sin(0.5F * static_cast<float>(i)); // 3.5 kHz at 44.1
            const Signal out = play(*engine, in, [] { return 37; });
            const Signal expected = delayed(in, engine->latency_samples());
            float largest = 0.0F;
            for (std::size_t i = 2500; i < in[0].size(); ++i)
                largest = std::max(largest, std::fabs(out[0][i] - expected[0][i]));
            CHECK(largest < 1e-4F); // half a sample off would be 0.06
        }
    }
}

TEST(cuts_change_no_bit_of_a_delaying_effect) {
    auto controlled = delaying_models::contract(240);
    controlled.controls = {causal_networks::control("invert")};
    const std::vector<std::shared_ptr<const tonecast::Model>> models{
        delaying(37), delaying_models::model(controlled),
        std::make_shared<InBlocks>(delaying_models::contract(101))};
    for (const int host_hz : {44100, 48000, 96000})
        for (const auto& model : models) {
            auto engine = engine_of(model, {host_hz, 2});
            engine->mix().set(0.3F);
            const Signal in = noise(2, 6000);
            const Signal whole = play(*engine, in);
            for (const int block : {1, 64, 480}) {
                engine->reset();
                CHECK(play(*engine, in, [&] { return block; }) == whole);
            }
            std::mt19937 random(1);
            engine->reset();
            CHECK(play(*engine, in, [&] { return static_cast<int>(random() % 700U) + 1; }) ==
                  whole);
        }
}

TEST(in_blocks_the_delay_comes_on_top_of_the_block) {
    for (const int delay_samples : {1, 37, 64, 240}) {
        const auto model = std::make_shared<InBlocks>(delaying_models::contract(delay_samples));
        auto engine = engine_of(model, {48000, 2});
        CHECK(engine->latency_samples() == block_samples + delay_samples);
        engine->mix().set(0.5F);
        const Signal in = noise(2, 3000);
        CHECK(play(*engine, in, [] { return 100; }) == delayed(in, engine->latency_samples()));

        auto at_44100 = engine_of(model, {44100, 1});
        const int wait = (96 + block_samples + delay_samples) * 147;
        CHECK(at_44100->latency_samples() == 88 + (wait + 159) / 160);
        CHECK(place_of_the_peak(play(*at_44100, click(1000, 3000))[0]) ==
              1000 + at_44100->latency_samples());
    }
}

TEST(silence_fades_once_the_late_sound_is_over) {
    auto made = delaying_models::contract(9600); // longer than hold and fade
    made.tail_s = 0.0;
    auto engine = engine_of(delaying_models::model(made), {48000, 1});
    Signal in = noise(1, 24000);
    std::fill(in[0].begin() + 4800, in[0].end(), 0.0F);
    CHECK(play(*engine, in) == delayed(in, 9600));

    // What sounds on for as long as the contract says is heard, counted from the late sound on.
    made.tail_s = 0.1;
    auto longer = made;
    longer.delay_samples -= 4800; // so the model itself is later than that by the tail
    auto tailed = std::make_unique<Engine>(std::make_shared<tonecast::CausalModel>(
        longer, std::vector<tonecast::SizedNetwork>{
                    {1.0F, std::make_shared<delaying_models::Delaying>(9600)}}));
    tailed->prepare({48000, 1});
    CHECK(tailed->latency_samples() == 4800);
    CHECK(play(*tailed, in) == delayed(in, 9600));
}

TEST(after_a_fault_it_is_dry_until_the_delay_holds_sound_again) {
    const std::vector<std::shared_ptr<const tonecast::Model>> models{
        delaying(240), std::make_shared<InBlocks>(delaying_models::contract(240))};
    for (const auto& model : models) {
        auto engine = engine_of(model, {48000, 1});
        Signal in{std::vector<float>(6000, 0.5F)};
        in[0][2005] = delaying_models::unbearable;
        const Signal out = play(*engine, in, [] { return 32; });
        CHECK(engine->counters().bad_frames == 1);
        CHECK(out == delayed(in, engine->latency_samples()));
    }
}

TEST(late_blocks_leave_no_sound_in_the_wrong_place) {
    const auto model = std::make_shared<InBlocks>(delaying_models::contract(240), 20);
    PlaySettings settings{48000, 1, 0, Mode::worker, block_samples};
    auto engine = engine_of(model, settings);
    CHECK(engine->latency_samples() == block_samples + block_samples + 240);
    const Signal in = ramp(60 * block_samples);
    int played = 0;
    const Signal out = play(*engine, in, [&] {
        const int last = played++ - 1;
        if (last == 20) // which comes late; so does the next, which the model never sees
            model->wait_until_waiting();
        if (last == 22)
            model->let_go();
        while ((last < 20 || last >= 22) &&
               engine->counters().completed_frames < engine->counters().frames)
            std::this_thread::yield();
        return block_samples;
    });
    CHECK(engine->counters().late_frames == 2);
    CHECK(largest_difference(out, delayed(in, engine->latency_samples())) < 1e-3F);
}

TEST(oversampled_the_delay_lasts_as_long) {
    tonecast::KernelSettings settings;
    settings.oversampling = 4;
    const auto model = delaying_models::model(delaying_models::contract(37), settings);
    CHECK(model->contract().delay_samples == 4 * 37);
    PlaySettings linear{48000, 1};
    linear.resampling = Resampling::linear_phase;
    auto engine = engine_of(model, linear);
    const Signal out = play(*engine, click(1000, 3000));
    CHECK(place_of_the_peak(out[0]) == 1000 + engine->latency_samples());
    CHECK(engine_of(model, {48000, 1})->latency_samples() == 37);
}
