// What hosts do beside playing: call things in an order of their own, change rates, blocks
// and channels again and again, ask parameters for text, keep sessions on other threads. After what
// Steinberg's validator and pluginval try.

#include "plugin/editor/plugin_editor.h"
#include "plugin/library/effect_library.h"
#include "plugin/plugin_processor.h"
#include "tests/check.h"
#include "tests/plugin/effect_on_disk.h"
#include "tests/plugin/host_state.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>
#include <memory>
#include <random>
#include <thread>
#include <vector>

using tonecast::plugin::EffectLibrary;
using tonecast::plugin::EffectOnDisk;
using tonecast::plugin::PluginProcessor;
using tonecast::plugin::restore;
using tonecast::plugin::state_of;

namespace {

using Buffer = juce::AudioBuffer<float>;

// Never ended: at exit, what JUCE holds statically is gone before anything that stands here.
const auto& juce_runs = *new juce::ScopedJuceInitialiser_GUI;

std::mt19937 dice(4);

float random_value() {
    return std::uniform_real_distribution<float>(0.0F, 1.0F)(dice);
}

Buffer noise(int channels, int samples) {
    Buffer buffer(channels, samples);
    for (int c = 0; c < channels; ++c)
        for (int i = 0; i < samples; ++i)
            buffer.setSample(c, i, 0.5F * random_value() - 0.25F);
    return buffer;
}

void play(PluginProcessor& plugin, Buffer& buffer) {
    juce::MidiBuffer midi;
    plugin.processBlock(buffer, midi);
}

bool is_finite(const Buffer& buffer) {
    for (int c = 0; c < buffer.getNumChannels(); ++c)
        for (int i = 0; i < buffer.getNumSamples(); ++i)
            if (!std::isfinite(buffer.getSample(c, i)))
                return false;
    return true;
}

bool same(const Buffer& one, const Buffer& other) {
    for (int c = 0; c < one.getNumChannels(); ++c)
        if (!std::equal(one.getReadPointer(c), one.getReadPointer(c) + one.getNumSamples(),
                        other.getReadPointer(c)))
            return false;
    return true;
}

bool set_channels(PluginProcessor& plugin, int ins, int outs) {
    auto layout = plugin.getBusesLayout();
    layout.inputBuses.getReference(0) = juce::AudioChannelSet::canonicalChannelSet(ins);
    layout.outputBuses.getReference(0) = juce::AudioChannelSet::canonicalChannelSet(outs);
    return plugin.setBusesLayout(layout);
}

/// What the parameters show that they are set to.
juce::StringArray words_of(PluginProcessor& plugin) {
    juce::StringArray words;
    for (const auto* parameter : plugin.getParameters())
        words.add(parameter->getText(parameter->getValue(), 64));
    return words;
}

void shake(PluginProcessor& plugin) {
    for (auto* parameter : plugin.getParameters())
        parameter->setValueNotifyingHost(random_value());
}

} // namespace

TEST(unprepared_plugin_leaves_the_sound_as_it_is) {
    PluginProcessor plugin;
    const Buffer sound = noise(2, 700);
    Buffer played(sound);
    play(plugin, played);
    CHECK(same(played, sound));
    plugin.reset();
    plugin.releaseResources();
    play(plugin, played);
    CHECK(same(played, sound));
}

TEST(unexpected_channel_count_leaves_the_sound_as_it_is) {
    PluginProcessor plugin;
    plugin.prepareToPlay(48000.0, 256);
    CHECK(set_channels(plugin, 1, 1));
    const Buffer sound = noise(1, 256);
    Buffer played(sound);
    play(plugin, played);
    CHECK(same(played, sound));
    plugin.prepareToPlay(48000.0, 256);
    play(plugin, played);
    CHECK(!same(played, sound)); // late
}

TEST(mono_stereo_and_stereo_of_mono_are_played_and_nothing_else) {
    PluginProcessor plugin;
    for (int ins = 0; ins <= 8; ++ins)
        for (int outs = 0; outs <= 8; ++outs) {
            const bool is_same = ins == outs && (ins == 1 || ins == 2);
            CHECK(set_channels(plugin, ins, outs) == (is_same || (ins == 1 && outs == 2)));
        }
}

TEST(stereo_of_mono_is_what_stereo_makes_of_twice_the_same) {
    const EffectOnDisk multiplies({}, true); // its input times its side-chain
    for (const bool has_sidechain : {false, true}) {
        const auto played = [&](int ins) {
            PluginProcessor plugin;
            plugin.setNonRealtime(true);
            auto layout = plugin.getBusesLayout();
            layout.inputBuses.getReference(0) = juce::AudioChannelSet::canonicalChannelSet(ins);
            if (has_sidechain)
                layout.inputBuses.getReference(1) = juce::AudioChannelSet::stereo();
            CHECK(plugin.setBusesLayout(layout));
            plugin.open_file(multiplies.file());
            plugin.prepareToPlay(48000.0, 3000);
            Buffer buffer(std::max(2, ins + (has_sidechain ? 2 : 0)), 3000);
            for (int c = 0; c < buffer.getNumChannels(); ++c)
                for (int i = 0; i < 3000; ++i)
                    buffer.setSample(c, i,
                                     c < ins ? 0.1F * static_cast<float>(i % 7)
                                             : static_cast<float>(c - ins + 1) *
                                                   static_cast<float>(i % 11));
            if (!has_sidechain && ins == 1) // what is in the second channel is nobody's
                buffer.applyGain(1, 0, 3000, 1e6F);
            play(plugin, buffer);
            buffer.setSize(2, 3000, true);
            return buffer;
        };
        const Buffer of_mono = played(1);
        CHECK(same(of_mono, played(2)));
        CHECK(of_mono.getMagnitude(0, 0, 3000) > 0.0F);
        const bool is_wide = !std::equal(
            of_mono.getReadPointer(0), of_mono.getReadPointer(0) + 3000, of_mono.getReadPointer(1));
        CHECK(is_wide == has_sidechain);
    }
}

TEST(effects_of_two_channels_play_what_comes_in_mono) {
    const EffectOnDisk together({}, true, 2);
    for (const int outs : {1, 2}) {
        PluginProcessor plugin;
        plugin.setNonRealtime(true);
        CHECK(set_channels(plugin, 1, outs));
        plugin.open_file(together.file());
        plugin.prepareToPlay(48000.0, 3000);
        Buffer buffer(outs, 3000);
        for (int i = 0; i < 3000; ++i)
            buffer.setSample(0, i, 0.5F);
        play(plugin, buffer);
        // Its input times itself; where one channel comes out, it cannot play.
        for (int c = 0; c < outs; ++c)
            CHECK(buffer.getSample(c, 2999) == (outs == 2 ? 0.25F : 0.5F));
        CHECK(plugin.problem().empty() == (outs == 2));
    }
}

TEST(bypassed_stereo_of_mono_is_mono_on_both_sides) {
    PluginProcessor plugin;
    CHECK(set_channels(plugin, 1, 2));
    plugin.setNonRealtime(true);
    plugin.prepareToPlay(48000.0, 9000);
    const Buffer sound = noise(2, 9000);
    Buffer buffer(sound);
    juce::MidiBuffer midi;
    plugin.processBlockBypassed(buffer, midi);
    const int late = plugin.getLatencySamples();
    for (int c = 0; c < 2; ++c)
        CHECK(std::equal(sound.getReadPointer(0), sound.getReadPointer(0) + 9000 - late,
                         buffer.getReadPointer(c) + late));
}

TEST(a_filter_effect_answers_at_once_at_every_rate) {
    const auto& effects = EffectLibrary::shared().effects();
    for (std::size_t i = 0; i < effects.size(); ++i) {
        if (effects[i].files.begin()->second.contract.form != tonecast::Form::filter)
            continue;
        for (const double rate_hz : {44100.0, 48000.0, 88200.0, 96000.0, 192000.0})
            for (const bool offline : {false, true}) {
                PluginProcessor plugin;
                plugin.setNonRealtime(offline);
                auto* effect = plugin.parameters().getParameter("effect");
                effect->setValueNotifyingHost(effect->convertTo0to1(static_cast<float>(i)));
                plugin.setRateAndBufferSizeDetails(rate_hz, 512);
                plugin.prepareToPlay(rate_hz, 512);
                CHECK(plugin.getLatencySamples() == 0);
                Buffer buffer(2, 512);
                buffer.clear();
                buffer.setSample(0, 100, 0.5F);
                buffer.setSample(1, 100, 0.5F);
                play(plugin, buffer);
                for (int c = 0; c < 2; ++c) {
                    for (int at = 0; at < 100; ++at) // nothing before it
                        CHECK(buffer.getSample(c, at) == 0.0F);
                    CHECK(buffer.getSample(c, 100) == 0.5F); // no curve has asked for anything yet
                }
            }
    }
}

TEST(a_soloed_band_is_heard_live_kept_nowhere_and_in_no_bounce) {
    const Buffer sound = noise(2, 4096);
    for (const bool offline : {false, true}) {
        PluginProcessor plugin;
        plugin.setNonRealtime(offline);
        auto* bypass = plugin.parameters().getParameter("bypass");
        bypass->setValueNotifyingHost(1.0F); // all that is heard is the input
        plugin.prepareToPlay(48000.0, 4096);
        const auto state = state_of(plugin);
        const auto played = [&] {
            for (int i = 0; i < 4; ++i) { // until all is faded and filled
                Buffer buffer(sound);
                play(plugin, buffer);
            }
            Buffer buffer(sound);
            play(plugin, buffer);
            return buffer;
        };
        const Buffer all = played();
        plugin.effect_host().solo().play(1000.0F, 0.3F);
        const Buffer one = played();
        CHECK(state_of(plugin) == state);
        CHECK(same(one, all) == offline);
        if (!offline)
            CHECK(one.getRMSLevel(0, 0, 4096) < 0.3F * all.getRMSLevel(0, 0, 4096));
        plugin.effect_host().solo().stop();
        CHECK(same(played(), all));
    }
}

TEST(sidechain_bus_is_what_effects_listen_to) {
    const EffectOnDisk effect({}, true); // its input times its side-chain
    for (const int side_channels : {0, 1, 2}) {
        PluginProcessor plugin;
        plugin.setNonRealtime(true);
        auto layout = plugin.getBusesLayout();
        CHECK(layout.inputBuses[1].isDisabled()); // until a host asks for it
        layout.inputBuses.getReference(1) =
            juce::AudioChannelSet::canonicalChannelSet(side_channels);
        CHECK(plugin.setBusesLayout(layout));
        plugin.open_file(effect.file());
        plugin.prepareToPlay(48000.0, 9000);
        Buffer buffer(2 + side_channels, 9000);
        for (int c = 0; c < buffer.getNumChannels(); ++c)
            for (int i = 0; i < buffer.getNumSamples(); ++i)
                buffer.setSample(c, i, c < 2 ? 0.5F : c == 2 ? 0.25F : 0.125F);
        play(plugin, buffer);
        // With the bus off it listens to its input; one channel is heard by both.
        CHECK(buffer.getSample(0, 8999) == (side_channels == 0 ? 0.25F : 0.125F));
        CHECK(buffer.getSample(1, 8999) == (side_channels == 0   ? 0.25F
                                            : side_channels == 1 ? 0.125F
                                                                 : 0.0625F));
    }
}

TEST(sidechain_bus_takes_one_channel_or_two) {
    PluginProcessor plugin;
    for (int channels = 0; channels <= 8; ++channels) {
        auto layout = plugin.getBusesLayout();
        layout.inputBuses.getReference(1) = juce::AudioChannelSet::canonicalChannelSet(channels);
        CHECK(plugin.setBusesLayout(layout) == (channels <= 2));
    }
}

TEST(plugin_resets_when_suspended_and_resumed) {
    PluginProcessor plugin;
    plugin.setNonRealtime(true);
    plugin.prepareToPlay(48000.0, 9000);
    const Buffer sound = noise(2, 9000);
    Buffer first(sound);
    play(plugin, first);
    for (int i = 0; i < 3; ++i) {
        plugin.releaseResources();
        plugin.prepareToPlay(48000.0, 9000);
        Buffer again(sound);
        play(plugin, again);
        CHECK(same(again, first));
    }
}

TEST(effects_chosen_between_bounces_play_from_the_first_sample_on) {
    const Buffer sound = noise(2, 20000);
    const auto bounced = [&](PluginProcessor& plugin, float choice) {
        auto* effect = plugin.parameters().getParameter("effect");
        effect->setValueNotifyingHost(effect->convertTo0to1(choice));
        plugin.releaseResources();
        plugin.setNonRealtime(true);
        plugin.setRateAndBufferSizeDetails(48000.0, 20000);
        plugin.prepareToPlay(48000.0, 20000);
        Buffer out(sound);
        play(plugin, out);
        return out;
    };
    PluginProcessor plugin;
    for (const float choice : {0.0F, 1.0F, 2.0F, 0.0F}) { // without the timer in between
        PluginProcessor fresh;
        CHECK(same(bounced(plugin, choice), bounced(fresh, choice)));
    }
}

TEST(rates_blocks_and_channels_change_with_and_without_a_release) {
    PluginProcessor plugin;
    for (const double rate_hz : {44100.0, 48000.0, 96000.0, 22050.0, 192000.0, 44100.0})
        for (const int block : {64, 1, 37, 4096, 512}) {
            const int channels = 1 + static_cast<int>(dice() % 2);
            CHECK(set_channels(plugin, channels, channels));
            if (dice() % 2 == 0)
                plugin.releaseResources();
            plugin.prepareToPlay(rate_hz, block);
            for (const int n : {block, 0, 1, block}) {
                Buffer buffer = noise(channels, n);
                play(plugin, buffer);
                CHECK(is_finite(buffer));
            }
        }
}

TEST(blocks_longer_than_it_was_prepared_for_are_played) {
    PluginProcessor plugin;
    plugin.prepareToPlay(48000.0, 64);
    for (int i = 0; i < 20; ++i) {
        Buffer buffer = noise(2, 5000);
        play(plugin, buffer);
        CHECK(is_finite(buffer));
    }
}

TEST(parameters_say_what_they_are_set_to_and_understand_it) {
    PluginProcessor plugin;
    for (auto* parameter : plugin.getParameters()) {
        CHECK(parameter->getName(64).isNotEmpty());
        CHECK(parameter->getName(3).length() <= 3);
        if (dynamic_cast<tonecast::plugin::ControlParameter*>(parameter) != nullptr)
            continue; // this effect has nothing for it to turn, and there is no word for how much
        for (int i = 0; i <= 200; ++i) {
            const float value = i <= 100 ? static_cast<float>(i) / 100.0F : random_value();
            const auto text = parameter->getText(value, 64);
            const float back = parameter->getValueForText(text);
            // Four digits of a range of six octaves; choices are the nearest.
            CHECK(std::fabs(back - value) < (parameter->isDiscrete() ? 0.51F : 0.005F));
            CHECK(parameter->getText(back, 64) == text);
        }
        for (const char* text : {"", "-", "nonsense", "1e99", "-1e99", "nan", "\xc3\xbc"}) {
            const float value = parameter->getValueForText(text);
            CHECK(value >= 0.0F && value <= 1.0F);
        }
    }
}

TEST(automation_that_is_no_number_leaves_finite_sound) {
    PluginProcessor plugin;
    plugin.setNonRealtime(true);
    plugin.prepareToPlay(48000.0, 5000);
    const auto nan = std::numeric_limits<float>::quiet_NaN();
    for (auto* parameter : plugin.getParameters())
        for (const float value : {nan, -1.0F, 2.0F, nan}) {
            parameter->setValueNotifyingHost(value);
            Buffer buffer = noise(2, 5000);
            play(plugin, buffer);
            CHECK(is_finite(buffer));
        }
}

TEST(session_restores_every_setting) {
    PluginProcessor plugin;
    plugin.prepareToPlay(44100.0, 256);
    for (int i = 0; i < 20; ++i) {
        shake(plugin);
        const auto values = words_of(plugin);
        const auto state = state_of(plugin);
        shake(plugin);
        restore(plugin, state);
        CHECK(words_of(plugin) == values);
        CHECK(state_of(plugin) == state);
    }
}

TEST(a_switch_comes_back_as_the_host_had_put_it_and_is_on_from_the_middle) {
    PluginProcessor plugin;
    plugin.setNonRealtime(true);
    plugin.setRateAndBufferSizeDetails(48000.0, 20000);
    const Buffer sound = noise(2, 20000);
    const auto played = [&](const char* id, float value) {
        plugin.parameters().getParameter(id)->setValueNotifyingHost(value);
        plugin.prepareToPlay(48000.0, 20000);
        Buffer out(sound);
        play(plugin, out);
        plugin.releaseResources();
        return out;
    };
    for (const char* id : {"bypass", "delta", "attenuation_auto"}) {
        auto* parameter = plugin.parameters().getParameter(id);
        for (const float value : {0.37F, 0.5F, 0.63F}) {
            parameter->setValueNotifyingHost(value);
            const auto state = state_of(plugin);
            parameter->setValueNotifyingHost(value < 0.5F ? 1.0F : 0.0F);
            restore(plugin, state);
            CHECK(parameter->getValue() == value);
            CHECK(parameter->getText(value, 64) == (value < 0.5F ? "Off" : "On"));
        }
        parameter->setValueNotifyingHost(0.0F);
    }
    for (const char* id : {"bypass", "delta"}) {
        const Buffer off = played(id, 0.0F);
        const Buffer on = played(id, 1.0F);
        CHECK(!same(on, off));
        CHECK(same(played(id, 0.49F), off));
        CHECK(same(played(id, 0.5F), on));
        played(id, 0.0F);
    }
}

TEST(sessions_are_kept_and_restored_on_any_thread_while_it_plays) {
    PluginProcessor plugin;
    plugin.prepareToPlay(48000.0, 256);
    const auto first = state_of(plugin);
    std::atomic<bool> playing{true};
    std::thread audio([&] {
        while (playing) {
            Buffer buffer(2, 256);
            buffer.clear();
            play(plugin, buffer);
            CHECK(is_finite(buffer));
        }
    });
    std::thread host([&] {
        for (int i = 0; i < 30; ++i) {
            restore(plugin, first);
            state_of(plugin);
        }
    });
    std::mt19937 own(5);
    for (int i = 0; i < 30; ++i) { // this is the message thread
        for (auto* parameter : plugin.getParameters())
            parameter->setValueNotifyingHost(static_cast<float>(own() % 1000) / 1000.0F);
        plugin.effect_host().update();
        plugin.problem();
    }
    host.join();
    playing = false;
    audio.join();
    restore(plugin, first);
    CHECK(state_of(plugin) == first);
}

TEST(the_editor_opens_before_it_is_prepared_and_after_it_is_released) {
    PluginProcessor plugin;
    const auto draw = [&] {
        const std::unique_ptr<juce::AudioProcessorEditor> editor(plugin.createEditorIfNeeded());
        for (const double size : {0.7, 1.0, 3.0}) {
            editor->setSize(static_cast<int>(960 * size), static_cast<int>(700 * size));
            const auto picture = editor->createComponentSnapshot(editor->getLocalBounds());
            CHECK(picture.getWidth() == static_cast<int>(960 * size));
        }
    };
    draw();
    plugin.setRateAndBufferSizeDetails(0.0, 0);
    draw();
    plugin.prepareToPlay(48000.0, 256);
    draw();
    plugin.releaseResources();
    draw();
}

TEST(many_instances_live_and_die_in_any_order) {
    std::vector<std::unique_ptr<PluginProcessor>> plugins;
    for (int turn = 0; turn < 30; ++turn) {
        if (plugins.size() < 6) {
            plugins.push_back(std::make_unique<PluginProcessor>());
            plugins.back()->prepareToPlay(turn % 2 == 0 ? 44100.0 : 48000.0, 128);
        } else {
            plugins.erase(plugins.begin() + static_cast<std::ptrdiff_t>(dice() % plugins.size()));
        }
        for (const auto& plugin : plugins) {
            Buffer buffer = noise(2, 128);
            play(*plugin, buffer);
            CHECK(is_finite(buffer));
        }
    }
}

TEST(models_stay_a_while_after_they_have_played_but_not_for_ever) {
    auto& library = EffectLibrary::shared();
    auto model = library.load_model(library.effects().front().fitting(44100).path);
    const std::weak_ptr<const tonecast::Model> watched = model;
    PluginProcessor plugin;
    plugin.prepareToPlay(44100.0, 256);
    model.reset();
    plugin.prepareToPlay(48000.0, 256); // another model of the same effect
    CHECK(!watched.expired());
    auto* effect = plugin.parameters().getParameter("effect");
    for (const float choice : {1.0F, 2.0F, 3.0F}) {
        effect->setValueNotifyingHost(effect->convertTo0to1(choice));
        plugin.effect_host().update();
    }
    CHECK(watched.expired());
}
