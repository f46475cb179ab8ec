// Effect files have controls of their own, and the bank's parameters turn them.

#include "engine/live/allocator_calls.h"
#include "plugin/parameters/control_scale.h"
#include "plugin/plugin_processor.h"
#include "tests/check.h"
#include "tests/plugin/effect_on_disk.h"
#include "tests/plugin/host_state.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

extern "C" tonecast::AllocatorCalls* tonecast_allocator_calls();

using tonecast::Control;
using tonecast::Scale;
using tonecast::plugin::ControlBank;
using tonecast::plugin::ControlParameter;
using tonecast::plugin::EffectOnDisk;
using tonecast::plugin::PluginProcessor;
using tonecast::plugin::restore;
using tonecast::plugin::state_of;
using tonecast::plugin::value_at;

namespace {

// Never ended: at exit, what JUCE holds statically is gone before anything that stands here.
const auto& juce_runs = *new juce::ScopedJuceInitialiser_GUI;

const juce::String nothing{juce::CharPointer_UTF8("\xe2\x80\x93")};

const Control level{"level_db", "Level", "dB", Scale::linear, -12.0F, 6.0F, -1.7F, ""};
const Control rate{"rate_hz", "Rate", "Hz", Scale::log, 0.5F, 8.0F, 3.0F, ""};
const Control invert{"invert", "Invert", "", Scale::toggle, 0.0F, 1.0F, 1.0F, ""};

std::unique_ptr<PluginProcessor> prepared(bool offline) {
    auto plugin = std::make_unique<PluginProcessor>();
    // What these tests turn is louder than full scale.
    plugin->parameters().getParameter("limiter")->setValueNotifyingHost(0.0F);
    plugin->setNonRealtime(offline);
    plugin->setRateAndBufferSizeDetails(48000.0, 256);
    plugin->prepareToPlay(48000.0, 256);
    return plugin;
}

/// Plays so many samples of a constant 1; returns what comes out on the left.
std::vector<float> play_ones(PluginProcessor& plugin, int samples,
                             const std::function<void()>& before = {}) {
    std::vector<float> out;
    juce::MidiBuffer midi;
    juce::AudioBuffer<float> buffer(2, 256);
    while (static_cast<int>(out.size()) < samples) {
        for (int c = 0; c < 2; ++c)
            std::fill_n(buffer.getWritePointer(c), 256, 1.0F);
        if (before)
            before();
        plugin.processBlock(buffer, midi);
        out.insert(out.end(), buffer.getReadPointer(0), buffer.getReadPointer(0) + 256);
    }
    return out;
}

void choose(PluginProcessor& plugin, int choice) {
    auto* effect = plugin.parameters().getParameter("effect");
    effect->setValueNotifyingHost(effect->convertTo0to1(static_cast<float>(choice)));
}

void choose_user_file(PluginProcessor& plugin) {
    plugin.parameters().getParameter("effect")->setValueNotifyingHost(1.0F);
}

std::vector<float> normalized_values(PluginProcessor& plugin) {
    std::vector<float> values;
    for (std::size_t k = 0; k < ControlBank::size; ++k)
        values.push_back(plugin.controls().parameter(k).getValue());
    return values;
}

void turn(PluginProcessor& plugin, const std::vector<float>& values) {
    for (std::size_t k = 0; k < values.size(); ++k)
        plugin.controls().parameter(k).setValueNotifyingHost(values[k]);
}

/// As it was before there was a bank.
juce::MemoryBlock older(const juce::MemoryBlock& state) {
    auto xml =
        juce::AudioProcessor::getXmlFromBinary(state.getData(), static_cast<int>(state.getSize()));
    for (auto* side : xml->getChildIterator()) {
        auto* settings = side->getFirstChildElement();
        for (int k = 1; k <= 8; ++k)
            settings->removeChildElement(
                settings->getChildByAttribute("id", "control_" + juce::String(k)), true);
    }
    juce::MemoryBlock block;
    juce::AudioProcessor::copyXmlToBinary(*xml, block);
    return block;
}

class Host final : public juce::AudioProcessorListener {
public:
    void audioProcessorParameterChanged(juce::AudioProcessor*, int, float) override { ++values; }
    void audioProcessorChanged(juce::AudioProcessor*, const ChangeDetails& details) override {
        names += details.parameterInfoChanged ? 1 : 0;
    }

    int values = 0;
    int names = 0;
};

} // namespace

TEST(the_parameters_are_called_after_the_controls_of_the_effect) {
    const EffectOnDisk effect({level, rate, invert});
    const auto plugin = prepared(true);
    ControlBank& bank = plugin->controls();
    for (std::size_t k = 0; k < ControlBank::size; ++k) {
        CHECK(bank.parameter(k).getName(64) == "Control " + juce::String(k + 1));
        CHECK(bank.parameter(k).getLabel().isEmpty());
        CHECK(bank.parameter(k).getText(0.3F, 64) == nothing);
    }
    plugin->open_file(effect.file());
    CHECK(bank.parameter(0).getName(64) == "Level");
    CHECK(bank.parameter(0).getName(3) == "Lev");
    CHECK(bank.parameter(0).getLabel() == "dB");
    CHECK(bank.parameter(0).getText(0.0F, 64) == "-12.00");
    CHECK(bank.parameter(0).getText(bank.parameter(0).getValue(), 64) == "-1.700");
    CHECK(bank.parameter(0).getValueForText("6") == 1.0F);
    CHECK(bank.parameter(1).getName(64) == "Rate");
    CHECK(bank.parameter(1).getText(0.5F, 64) == "2.000"); // geometric
    CHECK(bank.parameter(2).getText(0.6F, 64) == "On");
    CHECK(bank.parameter(2).getValueForText("off") == 0.0F);
    CHECK(bank.parameter(2).getDefaultValue() == 1.0F);
    CHECK(bank.parameter(3).getName(64) == "Control 4");
    choose(*plugin, 0);
    CHECK(bank.parameter(0).getName(64) == "Control 1");
}

TEST(text_of_all_normalized_values_is_parsed) {
    const EffectOnDisk effect({level, rate, invert});
    const auto plugin = prepared(true);
    plugin->open_file(effect.file());
    for (std::size_t k = 0; k < 3; ++k) {
        const ControlParameter& parameter = plugin->controls().parameter(k);
        for (int i = 0; i <= 100; ++i) {
            const float normalized = static_cast<float>(i) / 100.0F;
            const auto text = parameter.getText(normalized, 64);
            CHECK(parameter.getText(parameter.getValueForText(text), 64) == text);
        }
        for (const char* text : {"", "-", "nonsense", "1e99", "-1e99", "nan", "\xc3\xbc"}) {
            const float normalized = parameter.getValueForText(text);
            CHECK(normalized >= 0.0F && normalized <= 1.0F);
        }
    }
}

TEST(controls_that_have_a_knob_do_not_fill_the_bank_nor_does_it_overflow) {
    std::vector<Control> many{{"low_hz", "Low", "Hz", Scale::log, 20.0F, 900.0F, 60.0F, ""}};
    for (int i = 0; i < 10; ++i) {
        many.push_back(level);
        many.back().name = "level_" + std::to_string(i);
        many.back().label = "Level " + std::to_string(i);
    }
    const EffectOnDisk effect(many);
    const auto plugin = prepared(true);
    plugin->open_file(effect.file());
    for (std::size_t k = 0; k < ControlBank::size; ++k)
        CHECK(plugin->controls().parameter(k).getName(64) == "Level " + juce::String(k));
    turn(*plugin, std::vector<float>(8, 1.0F)); // 6 each, and the other two at their defaults
    plugin->parameters().getParameter("low_hz")->setValueNotifyingHost(0.0F);
    const float expected = 20.0F * std::pow(6.0F, 8.0F) * 1.7F * 1.7F;
    CHECK(std::fabs(play_ones(*plugin, 40000).back() / expected - 1.0F) < 1e-5F);
}

TEST(names_that_equalizers_have_are_ours_only_where_range_and_default_are) {
    const Control threshold{"threshold_db", "Threshold", "dB",   Scale::linear,
                            -60.0F,         0.0F,        -20.0F, ""};
    const Control link{"link", "Link", "", Scale::linear, 0.0F, 1.0F, 0.5F, ""};
    const Control hardness{"hardness", "Hardness", "", Scale::linear, 0.0F, 1.0F, 0.0F, ""};
    const EffectOnDisk effect({threshold, link, hardness});
    const auto plugin = prepared(true);
    plugin->open_file(effect.file());
    ControlBank& bank = plugin->controls();
    CHECK(bank.parameter(0).getName(64) == "Threshold (1)");
    CHECK(bank.parameter(1).getName(64) == "Link (2)");
    CHECK(bank.parameter(2).getName(64) == "Control 3"); // our own turns that one
    plugin->parameters().getParameter("hardness")->setValueNotifyingHost(0.25F);
    plugin->parameters().getParameter("threshold_db")->setValueNotifyingHost(1.0F);
    CHECK(play_ones(*plugin, 20000).back() == -20.0F * 0.5F * 0.25F);
}

TEST(parameter_names_are_unique) {
    std::vector<Control> alike(4, level);
    const char* const labels[]{"Low", "Level", "level", ""};
    for (std::size_t i = 0; i < alike.size(); ++i) {
        alike[i].name = "same_" + std::to_string(i);
        alike[i].label = labels[i];
    }
    const EffectOnDisk effect(alike);
    const auto plugin = prepared(true);
    plugin->open_file(effect.file());
    juce::StringArray names;
    for (const auto* parameter : plugin->getParameters())
        CHECK(names.addIfNotAlreadyThere(parameter->getName(64), true));
    CHECK(names.contains("Low (1)"));
    CHECK(names.contains("level (3)"));
    CHECK(names.contains("same_3"));
}

TEST(hosts_are_told_of_new_names_and_values_once) {
    const EffectOnDisk effect({level, rate});
    const auto plugin = prepared(true);
    plugin->controls().tell_host();
    Host host;
    plugin->addListener(&host);
    plugin->controls().tell_host();
    CHECK(host.names == 0);
    plugin->open_file(effect.file());
    CHECK(host.names == 0); // not before the message thread comes by
    host.values = 0;
    plugin->controls().tell_host();
    plugin->controls().tell_host();
    CHECK(host.names == 1);
    CHECK(host.values == static_cast<int>(ControlBank::size));
    plugin->removeListener(&host);
}

TEST(normalized_values_reach_the_sound) {
    const EffectOnDisk effect({level, rate, invert});
    const auto plugin = prepared(true);
    plugin->open_file(effect.file());
    CHECK(play_ones(*plugin, 40000).back() == -1.7F * 3.0F * 1.0F); // the defaults, to the bit
    for (const auto& values :
         {std::vector{0.0F, 0.0F, 1.0F}, {0.3F, 0.7F, 0.9F}, {1.0F, 1.0F, 0.5F}}) {
        turn(*plugin, values);
        const float expected = value_at(level, values[0]) * value_at(rate, values[1]);
        CHECK(play_ones(*plugin, 20000).back() == expected);
    }
    turn(*plugin, {1.0F, 1.0F, 0.2F});
    CHECK(play_ones(*plugin, 20000).back() == 0.0F);
}

TEST(another_effect_begins_at_its_defaults_and_what_is_set_after_it_was_chosen_holds) {
    const EffectOnDisk effect({level, rate, invert});
    const EffectOnDisk other({rate});
    const auto plugin = prepared(true);
    plugin->open_file(effect.file());
    const auto defaults = normalized_values(*plugin);
    turn(*plugin, {0.9F, 0.9F, 0.0F, 0.4F});
    choose_user_file(*plugin); // which it is already
    CHECK(normalized_values(*plugin)[0] == 0.9F);
    choose(*plugin, 0);
    CHECK(normalized_values(*plugin) == std::vector<float>(8, 0.0F));
    choose_user_file(*plugin);
    CHECK(normalized_values(*plugin) == defaults);
    turn(*plugin, {0.9F});
    play_ones(*plugin, 20000);
    plugin->controls().tell_host();
    CHECK(normalized_values(*plugin)[0] == 0.9F);
    plugin->open_file(other.file());
    CHECK(play_ones(*plugin, 20000).back() == 3.0F);
    plugin->open_file(effect.file());
    CHECK(normalized_values(*plugin) == defaults);
}

TEST(fading_effect_does_not_follow_the_next_ones_controls) {
    const EffectOnDisk effect({level});
    const auto plugin = prepared(true);
    plugin->open_file(effect.file());
    turn(*plugin, {1.0F});
    CHECK(play_ones(*plugin, 20000).back() == 6.0F);
    choose(*plugin, 0); // late by 3072 samples, until when this one plays
    CHECK(plugin->controls().parameter(0).getValue() == 0.0F);
    for (const float sample : play_ones(*plugin, 2560))
        CHECK(sample == 6.0F);
    CHECK(std::fabs(play_ones(*plugin, 20000).back()) < 3.0F);
}

TEST(an_effect_that_was_left_and_chosen_again_at_once_goes_on_following) {
    const EffectOnDisk effect({level});
    const auto plugin = prepared(true);
    plugin->open_file(effect.file());
    play_ones(*plugin, 20000);
    choose(*plugin, 0);
    choose_user_file(*plugin);
    turn(*plugin, {1.0F});
    CHECK(play_ones(*plugin, 20000).back() == 6.0F);
}

TEST(session_restores_normalized_values_and_an_older_one_the_defaults) {
    const EffectOnDisk effect({level, rate});
    const auto plugin = prepared(true);
    plugin->open_file(effect.file());
    const auto defaults = normalized_values(*plugin);
    turn(*plugin, {0.9F, 0.3F, 0.6F});
    const auto values = normalized_values(*plugin);
    const auto state = state_of(*plugin);
    CHECK(older(state).getSize() < state.getSize());

    const auto restored = prepared(true);
    restore(*restored, state);
    CHECK(normalized_values(*restored) == values);
    CHECK(state_of(*restored) == state);
    CHECK(play_ones(*restored, 20000).back() == value_at(level, 0.9F) * value_at(rate, 0.3F));
    restored->controls().tell_host();
    CHECK(normalized_values(*restored) == values);

    for (int turns = 0; turns < 2; ++turns) { // as it comes, and with other values in it
        restore(*restored, older(state));
        CHECK(normalized_values(*restored) == defaults);
        turn(*restored, {0.1F, 0.2F, 0.3F});
    }
    restore(*restored, state);
    CHECK(normalized_values(*restored) == values);
}

TEST(ab_sides_keep_their_normalized_values) {
    const EffectOnDisk effect({level, rate});
    const auto plugin = prepared(true);
    plugin->open_file(effect.file());
    plugin->swap_ab();
    turn(*plugin, {0.9F, 0.3F});
    const auto b = normalized_values(*plugin);
    plugin->swap_ab();
    const auto a = normalized_values(*plugin);
    CHECK(a[0] == plugin->controls().parameter(0).getDefaultValue());
    choose(*plugin, 0);
    plugin->swap_ab();
    CHECK(normalized_values(*plugin) == b);
    plugin->swap_ab();
    CHECK(normalized_values(*plugin) == std::vector<float>(8, 0.0F));

    restore(*plugin, older(state_of(*plugin)));
    choose_user_file(*plugin);
    turn(*plugin, {0.9F, 0.3F});
    plugin->swap_ab(); // to a side that was kept before there was a bank
    CHECK(normalized_values(*plugin) == a);
}

TEST(missing_file_keeps_its_normalized_values_for_when_it_is_back) {
    const auto plugin = prepared(true);
    juce::MemoryBlock state;
    {
        const EffectOnDisk effect({level});
        const auto before = prepared(true);
        before->open_file(effect.file());
        turn(*before, {0.9F});
        state = state_of(*before);
    }
    restore(*plugin, state);
    CHECK(play_ones(*plugin, 20000).back() == 1.0F); // dry
    CHECK(plugin->controls().parameter(0).getName(64) == "Control 1");
    CHECK(plugin->controls().parameter(0).getValue() == 0.9F);
}

TEST(automation_of_effects_that_come_and_go_leaves_finite_sound) {
    const EffectOnDisk effect({level, rate, invert});
    const EffectOnDisk other({rate, level});
    const auto plugin = prepared(false);
    std::atomic<bool> playing{true};
    std::thread audio([&] {
        std::mt19937 dice(3);
        const auto nan = std::numeric_limits<float>::quiet_NaN();
        const float odd[]{nan, -1.0F, 2.0F, 1e30F};
        while (playing) {
            const auto played = play_ones(*plugin, 512, [&] {
                for (std::size_t k = 0; k < ControlBank::size; ++k)
                    plugin->controls().parameter(k).setValueNotifyingHost(
                        dice() % 8 == 0 ? odd[dice() % 4]
                                        : static_cast<float>(dice() % 1000) / 999.0F);
                if (dice() % 4 == 0)
                    choose(*plugin, static_cast<int>(dice() % 4));
                if (dice() % 4 == 0)
                    choose_user_file(*plugin);
            });
            CHECK(std::ranges::all_of(played, [](float sample) { return std::isfinite(sample); }));
            for (const float normalized : normalized_values(*plugin))
                CHECK(normalized >= 0.0F && normalized <= 1.0F);
        }
    });
    for (int i = 0; i < 60; ++i) { // this is the message thread
        if (i % 4 == 0)
            plugin->open_file((i % 8 == 0 ? effect : other).file());
        plugin->effect_host().update();
        plugin->controls().tell_host();
        for (std::size_t k = 0; k < ControlBank::size; ++k)
            plugin->controls().parameter(k).getText(0.5F, 64);
        restore(*plugin, state_of(*plugin));
    }
    playing = false;
    audio.join();
}

TEST(the_audio_thread_asks_nothing_of_the_allocator) {
    const EffectOnDisk effect({level, rate});
    const auto plugin = prepared(false);
    plugin->open_file(effect.file());
    plugin->effect_host().update();
    play_ones(*plugin, 20000);
    juce::AudioBuffer<float> buffer(2, 256);
    juce::MidiBuffer midi;
    auto& calls = *tonecast_allocator_calls();
    std::mt19937 dice(6);
    for (int i = 0; i < 200; ++i) {
        buffer.clear();
        calls = {};
        calls.armed = true;
        if (i % 10 == 0)
            choose(*plugin, i % 20 == 0 ? 0 : 1);
        if (i % 10 == 5)
            choose_user_file(*plugin);
        for (std::size_t k = 0; k < ControlBank::size; ++k)
            plugin->controls().parameter(k).setValueNotifyingHost(
                static_cast<float>(dice() % 1000) / 999.0F);
        plugin->processBlock(buffer, midi);
        calls.armed = false;
        CHECK(calls.allocations == 0);
        CHECK(calls.frees == 0);
    }
}

TEST(the_editor_has_a_knob_for_each_control_of_the_effect_and_no_more) {
    const EffectOnDisk effect({level, rate, invert});
    const auto plugin = prepared(true);
    const auto sliders = [&] {
        const std::unique_ptr<juce::AudioProcessorEditor> editor(plugin->createEditorIfNeeded());
        const auto picture = editor->createComponentSnapshot(editor->getLocalBounds());
        juce::StringArray titles;
        const std::function<void(juce::Component&)> look = [&](juce::Component& part) {
            for (auto* child : part.getChildren()) {
                if (dynamic_cast<juce::Slider*>(child) != nullptr)
                    titles.add(child->getTitle());
                look(*child);
            }
        };
        look(*editor);
        return titles;
    };
    const auto without = sliders();
    plugin->open_file(effect.file());
    auto with = sliders();
    for (const char* name : {"Level", "Rate", "Invert"}) {
        CHECK(!without.contains(name));
        CHECK(with.contains(name));
        with.removeString(name);
    }
    CHECK(with == without);
}
