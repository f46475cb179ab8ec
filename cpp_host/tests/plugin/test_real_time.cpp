// The plugin as a host plays it live: an audio thread that must never wait, and a message thread on
// which users choose effects and open the editor. Counts what the audio thread asks of the
// allocator: bindings/count_allocations.cpp is linked in.

#include "engine/live/allocator_calls.h"
#include "plugin/library/effect_library.h"
#include "plugin/plugin_processor.h"
#include "tests/check.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdlib>
#include <functional>
#include <memory>
#include <numbers>
#include <random>
#include <string>
#include <thread>
#include <vector>

extern "C" tonecast::AllocatorCalls* tonecast_allocator_calls();

using tonecast::plugin::Effect;
using tonecast::plugin::EffectLibrary;
using tonecast::plugin::PluginProcessor;

namespace {

constexpr double rate_hz = 48000.0;
constexpr int block = 256;

// Never ended: at exit, what JUCE holds statically is gone before anything that stands here.
const auto& juce_runs = *new juce::ScopedJuceInitialiser_GUI;
bool may_wait = false;

std::unique_ptr<PluginProcessor> prepared(bool offline = false, int max_block = block) {
    auto plugin = std::make_unique<PluginProcessor>();
    plugin->setNonRealtime(offline);
    plugin->setRateAndBufferSizeDetails(rate_hz, max_block);
    plugin->prepareToPlay(rate_hz, max_block);
    return plugin;
}

std::vector<float> noise(int samples) {
    std::mt19937 random(1);
    std::uniform_real_distribution<float> level(-0.3F, 0.3F);
    std::vector<float> signal(static_cast<std::size_t>(samples));
    std::ranges::generate(signal, [&] { return level(random); });
    return signal;
}

void choose(PluginProcessor& plugin, const std::string& name) {
    const auto& effects = EffectLibrary::shared().effects();
    const auto found = std::ranges::find(effects, name, &Effect::name);
    auto* parameter = plugin.parameters().getParameter("effect");
    parameter->setValueNotifyingHost(
        parameter->convertTo0to1(static_cast<float>(found - effects.begin())));
}

/// Until the worker is through with all frames: so nothing is late, however busy the machine is.
void let_worker_finish(PluginProcessor& plugin) {
    for (;;) {
        const auto counters = plugin.effect_host().counters();
        if (counters.completed_frames >= counters.frames)
            return;
        std::this_thread::yield();
    }
}

/// Plays `signal` on both channels in blocks of these lengths; returns the left one.
std::vector<float> play(PluginProcessor& plugin, const std::vector<float>& signal,
                        const std::vector<int>& lengths,
                        const std::function<void(std::size_t)>& before = {}) {
    std::vector<float> out;
    juce::MidiBuffer midi;
    for (std::size_t turn = 0; out.size() < signal.size(); ++turn) {
        const int n =
            std::min(lengths[turn % lengths.size()], static_cast<int>(signal.size() - out.size()));
        juce::AudioBuffer<float> buffer(2, n);
        for (int c = 0; c < 2; ++c)
            std::copy_n(signal.data() + out.size(), n, buffer.getWritePointer(c));
        if (before)
            before(out.size());
        auto& calls = *tonecast_allocator_calls();
        calls = {};
        calls.armed = true;
        plugin.processBlock(buffer, midi);
        calls.armed = false;
        if (!may_wait && !plugin.isNonRealtime()) {
            CHECK(calls.allocations == 0);
            CHECK(calls.frees == 0);
        }
        out.insert(out.end(), buffer.getReadPointer(0), buffer.getReadPointer(0) + n);
        let_worker_finish(plugin);
    }
    return out;
}

/// What the message thread does 20 times a second.
void on_timer(PluginProcessor& plugin) {
    plugin.effect_host().update();
}

} // namespace

TEST(the_counter_counts) {
    // Through pointers that the compiler does not know, or it would leave both out.
    void* (*volatile allocate)(std::size_t) = std::malloc;
    void (*volatile release)(void*) = std::free;
    auto& calls = *tonecast_allocator_calls();
    calls = {};
    calls.armed = true;
    release(allocate(10));
    calls.armed = false;
    CHECK(calls.allocations == 1);
    CHECK(calls.frees == 1);
}

TEST(live_gives_the_samples_of_a_bounce_a_hop_later) {
    const auto signal = noise(60000);
    const auto live = prepared();
    const auto bounce = prepared(true);
    CHECK(bounce->getLatencySamples() == 3072);
    CHECK(live->getLatencySamples() == 4096);
    const auto expected = play(*bounce, signal, {block});
    for (const std::vector<int>& lengths :
         {std::vector<int>{block}, {1, 0, 255, 64}, {0, 3, 200, 7}}) {
        live->reset();
        const auto played = play(*live, signal, lengths);
        CHECK(live->effect_host().counters().late_frames == 0);
        CHECK(std::equal(played.begin() + 1024, played.end(), expected.begin()));
    }
}

TEST(stream_resumes_with_longer_blocks_where_the_latency_stays) {
    const auto signal = noise(40000);
    const auto expected = play(*prepared(), signal, {block});
    const auto plugin = prepared();
    const auto played = play(*plugin, signal, {block}, [&](std::size_t at) {
        if (at == 20 * block)
            plugin->prepareToPlay(rate_hz, 1024);
        if (at == 40 * block) // and shorter ones
            plugin->prepareToPlay(rate_hz, 64);
    });
    CHECK(played == expected);
}

TEST(blocks_longer_than_a_hop_take_longer_to_wait_for) {
    CHECK(prepared(false, 1024)->getLatencySamples() == 3072 + 1024);
    CHECK(prepared(false, 1025)->getLatencySamples() == 3072 + 2048);
    CHECK(prepared(true, 1025)->getLatencySamples() == 3072);
}

TEST(effects_change_while_it_plays_without_a_gap_and_the_latency_is_reported_anew) {
    const auto plugin = prepared();
    // 82 Hz: the one effect is seven periods later than the other, so that both are in phase.
    const double phase = 7 * 2 * std::numbers::pi / 4096;
    std::vector<float> tone(200000);
    for (std::size_t i = 0; i < tone.size(); ++i)
        tone[i] = 0.3F * static_cast<float>(std::sin(phase * static_cast<double>(i)));
    const auto played = play(*plugin, tone, {block}, [&](std::size_t at) {
        if (at % (100 * block) == 0)
            choose(*plugin, at / (100 * block) % 2 == 0 ? "resonance-eq" : "lowpass");
        on_timer(*plugin);
    });
    for (std::size_t at = 8000; at + 1000 < played.size(); at += 1000) { // a period is 585 long
        const auto [lowest, highest] =
            std::minmax_element(played.begin() + static_cast<std::ptrdiff_t>(at),
                                played.begin() + static_cast<std::ptrdiff_t>(at) + 1000);
        CHECK(*highest - *lowest > 0.2F);
    }
    float steepest = 0.0F;
    for (std::size_t i = 8000; i + 1 < played.size(); ++i)
        steepest = std::max(steepest, std::fabs(played[i + 1] - played[i]));
    CHECK(steepest < 0.01F); // of the tone itself: 0.003
    choose(*plugin, "lowpass");
    on_timer(*plugin);
    CHECK(plugin->effect_host().latency_samples() == 0);
}

TEST(parameters_and_bypass_may_change_while_it_plays) {
    const auto plugin = prepared();
    std::mt19937 random(2);
    const auto played = play(*plugin, noise(60000), {block, 64}, [&](std::size_t) {
        for (auto* parameter : plugin->getParameters())
            if (parameter->getName(32) != "Effect")
                parameter->setValue(static_cast<float>(random()) / 4294967296.0F);
    });
    CHECK(std::ranges::all_of(played, [](float sample) { return std::isfinite(sample); }));
}

TEST(bands_may_be_soloed_while_it_plays) {
    const auto plugin = prepared();
    std::mt19937 random(3);
    int turns = 0;
    play(*plugin, noise(60000), {block, 64}, [&](std::size_t) {
        auto& solo = plugin->effect_host().solo();
        if (++turns % 5 == 0)
            solo.stop();
        else
            solo.play(20.0F + static_cast<float>(random() % 20000), 0.5F);
    });
    CHECK(turns > 100);
}

TEST(the_editor_opens_draws_and_closes_while_it_plays) {
    const auto plugin = prepared();
    std::atomic<bool> playing{true};
    std::thread audio([&] {
        const auto signal = noise(4096);
        while (playing)
            play(*plugin, signal, {block});
    });
    for (int i = 0; i < 20; ++i) {
        const std::unique_ptr<juce::AudioProcessorEditor> editor(plugin->createEditorIfNeeded());
        const auto picture = editor->createComponentSnapshot(editor->getLocalBounds());
        CHECK(picture.getWidth() == editor->getWidth());
    }
    playing = false;
    audio.join();
}

TEST(a_bounce_in_the_middle_of_a_session_runs_inline_and_back) {
    const auto plugin = prepared();
    play(*plugin, noise(20000), {block});
    plugin->setNonRealtime(true);
    play(*plugin, noise(20000), {block});
    CHECK(plugin->getLatencySamples() == 3072);
    plugin->setNonRealtime(false);
    on_timer(*plugin);
    may_wait = true; // until the engine that runs inline has faded out
    play(*plugin, noise(10000), {block});
    may_wait = false;
    play(*plugin, noise(20000), {block});
    CHECK(plugin->effect_host().latency_samples() == 4096);
}
