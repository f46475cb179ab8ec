#include "plugin/editor/bars/preset_bar.h"

#include "engine/error.h"
#include "plugin/editor/theme.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace tonecast::plugin {

namespace {

constexpr int refreshes_between_reads = 15; // of the presets' files: half a second

} // namespace

PresetBar::PresetBar(PluginProcessor& processor) : processor_(processor) {
    previous_.setTooltip("The preset before");
    next_.setTooltip("The next preset");
    menu_.setTooltip("Presets: choose one, or keep what is set as one of yours");
    save_.setTooltip("Keep what is set as a preset of yours");
    undo_.setTooltip("Take the last change back (Ctrl-Z)");
    redo_.setTooltip("Make it again (Ctrl-Shift-Z)");
    a_.setTooltip("Compare two settings: each side keeps its own");
    b_.setTooltip(a_.getTooltip());
    previous_.onClick = [this] { step_through(-1); };
    next_.onClick = [this] { step_through(1); };
    menu_.onClick = [this] { show_menu(); };
    save_.onClick = [this] { save(); };
    undo_.onClick = [this] { processor_.history().undo(); };
    redo_.onClick = [this] { processor_.history().redo(); };
    a_.onClick = [this] {
        if (processor_.on_side_b())
            processor_.swap_ab();
    };
    b_.onClick = [this] {
        if (!processor_.on_side_b())
            processor_.swap_ab();
    };
    copy_.onClick = [this] { processor_.copy_to_other_side(); };
    name_.setTitle("Name of the preset");
    name_.setInputRestrictions(static_cast<int>(PresetLibrary::max_name));
    name_.setSelectAllWhenFocused(true);
    name_.setFont(Theme::font());
    name_.setJustification(juce::Justification::centredLeft);
    name_.onReturnKey = [this] { end_naming(); };
    name_.onEscapeKey = [this] { begin_naming(Naming::none); };
    name_.onFocusLost = name_.onEscapeKey;
    for (juce::Component* part : std::initializer_list<juce::Component*>{
             &previous_, &menu_, &next_, &save_, &undo_, &redo_, &a_, &b_, &copy_})
        addAndMakeVisible(part);
    addChildComponent(name_);
    refresh();
}

void PresetBar::refresh() {
    undo_.setEnabled(processor_.history().can_undo());
    redo_.setEnabled(processor_.history().can_redo());
    const bool on_side_b = processor_.on_side_b();
    a_.setToggleState(!on_side_b, juce::dontSendNotification);
    b_.setToggleState(on_side_b, juce::dontSendNotification);
    copy_.setButtonText(on_side_b ? "B > A" : "A > B");
    copy_.setTooltip(on_side_b ? "Copy what is set here to side A"
                               : "Copy what is set here to side B");
    if (refreshes_++ % refreshes_between_reads == 0)
        show_current();
}

void PresetBar::show_current() {
    Presets& presets = processor_.presets();
    const auto current = presets.find_current();
    const bool is_shown = current && presets.fits(*current);
    const bool is_changed = is_shown && !presets.is_unchanged(*current);
    menu_.setButtonText(is_shown ? juce::String(current->name) + (is_changed ? " *" : "")
                                 : juce::String("Presets"));
}

void PresetBar::attempt(const std::function<void()>& work) {
    try {
        work();
        on_problem({});
    } catch (const Error& error) {
        on_problem(error.what());
    }
    show_current();
}

void PresetBar::show_menu() {
    Presets& presets = processor_.presets();
    const auto current = presets.find_current();
    const auto available = presets.available();
    juce::PopupMenu menu;
    juce::PopupMenu elsewhere;
    const auto add = [&](juce::PopupMenu& to, const Preset& preset, const juce::String& name) {
        to.addItem(name, true, current && current->name == preset.name,
                   [this, preset] { attempt([&] { processor_.use_preset(preset); }); });
    };
    for (const bool is_own : {false, true}) {
        bool is_first = true;
        for (const Preset& preset : available) {
            if (preset.is_own != is_own)
                continue;
            if (!presets.fits(preset)) {
                add(elsewhere, preset,
                    juce::String(preset.name) + "  (" + juce::String(preset.effects.front()) + ")");
                continue;
            }
            if (std::exchange(is_first, false))
                menu.addSectionHeader(is_own ? "Yours" : "For this effect");
            add(menu, preset, preset.name);
        }
    }
    menu.addSeparator();
    if (elsewhere.getNumItems() > 0)
        menu.addSubMenu("For other effects", elsewhere);
    menu.addItem("Defaults", [this] { attempt([this] { processor_.use_defaults(); }); });
    menu.addItem("Save as...", [this] { begin_naming(Naming::save_as); });
    if (current && current->is_own) {
        menu.addItem("Rename...", [this] { begin_naming(Naming::rename); });
        juce::PopupMenu sure;
        sure.addItem("Yes, delete " + juce::String(current->name),
                     [this] { attempt([this] { processor_.presets().delete_current(); }); });
        menu.addSubMenu("Delete", sure);
    }
    menu.showMenuAsync(juce::PopupMenu::Options().withTargetComponent(menu_));
}

void PresetBar::step_through(int direction) {
    Presets& presets = processor_.presets();
    auto fitting = presets.available();
    std::erase_if(fitting, [&](const Preset& preset) { return !presets.fits(preset); });
    if (fitting.empty())
        return;
    const auto at = std::ranges::find(fitting, presets.current(), &Preset::name);
    const auto count = static_cast<int>(fitting.size());
    const int from = at != fitting.end() ? static_cast<int>(at - fitting.begin())
                     : direction > 0     ? -1
                                         : 0;
    const int to = (from + direction + count) % count;
    attempt([&] { processor_.use_preset(fitting[static_cast<std::size_t>(to)]); });
}

void PresetBar::save() {
    const auto current = processor_.presets().find_current();
    if (current && current->is_own)
        attempt([&] { processor_.presets().save(current->name); });
    else
        begin_naming(Naming::save_as);
}

void PresetBar::begin_naming(Naming naming) {
    naming_ = naming;
    name_.setVisible(naming != Naming::none);
    menu_.setVisible(naming == Naming::none);
    if (naming == Naming::none)
        return;
    const auto current = processor_.presets().find_current();
    name_.setText(current && current->is_own ? juce::String(current->name) : juce::String(),
                  juce::dontSendNotification);
    name_.setTextToShowWhenEmpty(naming == Naming::rename ? "Another name" : "A name for it",
                                 Theme::faint_text);
    name_.grabKeyboardFocus();
}

void PresetBar::end_naming() {
    const auto name = name_.getText().trim().toStdString();
    const Naming naming = std::exchange(naming_, Naming::none);
    attempt([&] {
        if (naming == Naming::rename)
            processor_.presets().rename_current(name);
        else
            processor_.presets().save(name);
    });
    begin_naming(Naming::none);
}

void PresetBar::resized() {
    auto row = getLocalBounds();
    previous_.setBounds(row.removeFromLeft(28));
    row.removeFromLeft(4);
    menu_.setBounds(row.removeFromLeft(226));
    name_.setBounds(menu_.getBounds());
    row.removeFromLeft(4);
    next_.setBounds(row.removeFromLeft(28));
    row.removeFromLeft(6);
    save_.setBounds(row.removeFromLeft(60));
    copy_.setBounds(row.removeFromRight(60));
    row.removeFromRight(6);
    b_.setBounds(row.removeFromRight(36));
    a_.setBounds(row.removeFromRight(36));
    row.removeFromRight(18);
    redo_.setBounds(row.removeFromRight(60));
    row.removeFromRight(6);
    undo_.setBounds(row.removeFromRight(60));
}

} // namespace tonecast::plugin
