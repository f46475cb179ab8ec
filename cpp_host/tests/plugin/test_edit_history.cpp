// What users change can be taken back and made again; what hosts automate is theirs.

#include "plugin/parameters/gesture.h"
#include "plugin/plugin_processor.h"
#include "tests/check.h"
#include "tests/plugin/effect_on_disk.h"
#include "tests/plugin/host_state.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

using tonecast::Control;
using tonecast::Scale;
using tonecast::plugin::EditHistory;
using tonecast::plugin::EffectOnDisk;
using tonecast::plugin::PluginProcessor;
using tonecast::plugin::restore;
using tonecast::plugin::state_of;
using tonecast::plugin::turn;

namespace {

// Never ended: at exit, what JUCE holds statically is gone before anything that stands here.
const auto& juce_runs = *new juce::ScopedJuceInitialiser_GUI;

const Control level{"level_db", "Level", "dB", Scale::linear, -12.0F, 6.0F, -1.7F, ""};
const Control rate{"rate_hz", "Rate", "Hz", Scale::log, 0.5F, 8.0F, 3.0F, ""};

juce::RangedAudioParameter& parameter(PluginProcessor& plugin, const char* id) {
    return *plugin.parameters().getParameter(id);
}

void choose(PluginProcessor& plugin, int choice) {
    auto& effect = parameter(plugin, "effect");
    turn(effect, effect.convertTo0to1(static_cast<float>(choice)));
}

std::vector<float> values(const PluginProcessor& plugin) {
    std::vector<float> all;
    for (const auto* one : plugin.getParameters())
        all.push_back(one->getValue());
    return all;
}

} // namespace

TEST(steps_are_taken_back_and_made_again_one_by_one) {
    PluginProcessor plugin;
    std::vector<std::vector<float>> stages{values(plugin)};
    const std::vector<std::function<void()>> changes{
        [&] { turn(parameter(plugin, "attenuation"), 0.9F); },
        [&] { turn(parameter(plugin, "low_hz"), 0.3F); },
        [&] { choose(plugin, 1); },
        [&] { turn(parameter(plugin, "mix"), 0.1F); },
        [&] { plugin.use_defaults(); },
        [&] { choose(plugin, 0); }};
    for (const auto& change : changes) {
        CHECK(!plugin.history().can_redo());
        change();
        stages.push_back(values(plugin));
    }
    for (int round = 0; round < 2; ++round) {
        for (std::size_t i = changes.size(); i-- > 0;) {
            CHECK(plugin.history().can_undo());
            plugin.history().undo();
            CHECK(values(plugin) == stages[i]);
        }
        CHECK(!plugin.history().can_undo());
        plugin.history().undo(); // nothing left
        CHECK(values(plugin) == stages.front());
        for (std::size_t i = 1; i <= changes.size(); ++i) {
            plugin.history().redo();
            CHECK(values(plugin) == stages[i]);
        }
        plugin.history().redo();
        CHECK(values(plugin) == stages.back());
    }
}

TEST(a_new_step_ends_what_could_be_made_again) {
    PluginProcessor plugin;
    turn(parameter(plugin, "attenuation"), 0.9F);
    turn(parameter(plugin, "mix"), 0.5F);
    plugin.history().undo();
    turn(parameter(plugin, "low_hz"), 0.3F);
    CHECK(!plugin.history().can_redo());
    plugin.history().undo();
    plugin.history().undo();
    CHECK(!plugin.history().can_undo());
}

TEST(a_drag_of_two_parameters_is_one_step_and_a_click_is_none) {
    PluginProcessor plugin;
    auto& frequency = parameter(plugin, "sensitivity_1_hz");
    auto& gain = parameter(plugin, "sensitivity_1_db");
    const auto before = values(plugin);
    frequency.beginChangeGesture();
    gain.beginChangeGesture();
    for (const float value : {0.3F, 0.4F, 0.5F}) {
        frequency.setValueNotifyingHost(value);
        gain.setValueNotifyingHost(value);
    }
    frequency.endChangeGesture();
    CHECK(!plugin.history().can_undo()); // not yet let go
    gain.endChangeGesture();
    plugin.history().undo();
    CHECK(values(plugin) == before);
    CHECK(!plugin.history().can_undo());
    frequency.beginChangeGesture();
    frequency.endChangeGesture();
    CHECK(!plugin.history().can_undo());
    CHECK(plugin.history().can_redo());
}

TEST(automation_makes_no_step_and_none_takes_it_back) {
    PluginProcessor plugin;
    auto& automated = parameter(plugin, "attenuation");
    auto& turned = parameter(plugin, "mix");
    automated.setValueNotifyingHost(0.8F);
    CHECK(!plugin.history().can_undo());
    turned.beginChangeGesture();
    turned.setValueNotifyingHost(0.5F);
    automated.setValueNotifyingHost(0.3F); // meanwhile
    turned.endChangeGesture();
    automated.setValueNotifyingHost(0.4F);
    plugin.history().undo();
    CHECK(turned.getValue() == 1.0F);
    CHECK(automated.getValue() == 0.4F);
    plugin.history().redo();
    CHECK(turned.getValue() == 0.5F);
    CHECK(automated.getValue() == 0.4F);
}

TEST(a_wheel_that_is_turned_notch_by_notch_is_one_step_until_it_rests) {
    PluginProcessor plugin;
    double now_s = 0.0;
    const auto settings = [&] {
        EditHistory::Settings all;
        all.values = values(plugin);
        return all;
    };
    const auto change = [&](const EditHistory::Settings&, const EditHistory::Settings& to) {
        for (std::size_t i = 0; i < to.values.size(); ++i)
            plugin.getParameters()[static_cast<int>(i)]->setValueNotifyingHost(to.values[i]);
    };
    EditHistory history(plugin, parameter(plugin, "effect"), {settings, change},
                        [&] { return now_s; });
    auto& mix = parameter(plugin, "mix");
    for (const float value : {0.9F, 0.8F, 0.7F}) {
        turn(mix, value);
        now_s += 0.9 * EditHistory::max_pause_s;
    }
    now_s += EditHistory::max_pause_s;
    turn(mix, 0.6F);
    turn(parameter(plugin, "attenuation"), 0.5F); // another knob is another step
    turn(mix, 0.5F);
    for (const float value : {0.6F, 0.6F, 0.7F, 1.0F}) {
        history.undo();
        CHECK(mix.getValue() == value);
    }
    CHECK(!history.can_undo());
}

TEST(history_is_bounded_and_ends_with_the_session) {
    PluginProcessor plugin;
    const auto state = state_of(plugin);
    const char* const ids[]{"mix", "attenuation"};
    for (std::size_t i = 0; i < EditHistory::max_steps + 50; ++i)
        turn(parameter(plugin, ids[i % 2]), 0.001F * static_cast<float>(i % 900));
    std::size_t steps = 0;
    for (; plugin.history().can_undo(); ++steps)
        plugin.history().undo();
    CHECK(steps == EditHistory::max_steps);
    restore(plugin, state);
    CHECK(!plugin.history().can_undo());
    CHECK(!plugin.history().can_redo());
}

TEST(sides_are_compared_copied_and_taken_back) {
    PluginProcessor plugin;
    auto& attenuation = parameter(plugin, "attenuation");
    plugin.swap_ab(); // to B, which is as A is
    turn(attenuation, 0.9F);
    const float b = attenuation.getValue();
    plugin.swap_ab();
    const float a = attenuation.getValue();
    CHECK(a != b);
    plugin.copy_to_other_side();
    plugin.swap_ab();
    CHECK(plugin.on_side_b());
    CHECK(attenuation.getValue() == a);
    plugin.history().undo(); // back on A
    CHECK(!plugin.on_side_b());
    plugin.history().undo(); // B is its own again
    plugin.swap_ab();
    CHECK(attenuation.getValue() == b);
    turn(attenuation, 0.1F);
    plugin.swap_ab();
    CHECK(attenuation.getValue() == a);
    plugin.swap_ab();
    CHECK(attenuation.getValue() == 0.1F);
}

TEST(opened_files_and_their_controls_are_taken_back) {
    const EffectOnDisk first({level, rate});
    const EffectOnDisk second({rate});
    PluginProcessor plugin;
    plugin.setNonRealtime(true);
    plugin.open_file(first.file());
    turn(plugin.controls().parameter(0), 0.9F);
    turn(plugin.controls().parameter(1), 0.2F);
    const auto turned = values(plugin);
    plugin.open_file(second.file());
    CHECK(plugin.effect_host().file() == second.file().getFullPathName().toStdString());
    CHECK(plugin.controls().parameter(0).getName(64) == "Rate");
    plugin.history().undo();
    CHECK(plugin.effect_host().file() == first.file().getFullPathName().toStdString());
    CHECK(plugin.controls().parameter(0).getName(64) == "Level");
    CHECK(values(plugin) == turned);
    choose(plugin, 0);
    plugin.history().undo();
    CHECK(values(plugin) == turned);
    plugin.history().redo();
    CHECK(parameter(plugin, "effect").getValue() == 0.0F);
}

TEST(keys_of_the_window_undo_and_redo) {
    PluginProcessor plugin;
    const std::unique_ptr<juce::AudioProcessorEditor> editor(plugin.createEditorIfNeeded());
    const auto press = [&](int key, int modifiers) {
        return editor->keyPressed(juce::KeyPress(key, modifiers, 0));
    };
    constexpr int control = juce::ModifierKeys::ctrlModifier;
    constexpr int shift = juce::ModifierKeys::shiftModifier;
    auto& mix = parameter(plugin, "mix");
    turn(mix, 0.5F);
    CHECK(press('Z', control));
    CHECK(mix.getValue() == 1.0F);
    CHECK(press('Z', control | shift));
    CHECK(mix.getValue() == 0.5F);
    CHECK(press('z', control));
    CHECK(press('y', control));
    CHECK(mix.getValue() == 0.5F);
    CHECK(!press('z', 0));
    CHECK(mix.getValue() == 0.5F);
}
