#pragma once

#include "plugin/plugin_processor.h"

#include <functional>
#include <juce_gui_basics/juce_gui_basics.h>
#include <string>

namespace tonecast::plugin {

/// What is set: presets by name, steps back and forth, and two sides to compare.
class PresetBar final : public juce::Component {
public:
    explicit PresetBar(PluginProcessor& processor);

    /// What could not be done, and why; empty takes it back.
    std::function<void(const juce::String&)> on_problem;

    /// Follows what hosts and sessions change.
    void refresh();

    void resized() override;

private:
    enum class Naming { none, save_as, rename };

    void show_menu();
    void step_through(int direction);
    void save();
    void begin_naming(Naming naming);
    void end_naming();
    void attempt(const std::function<void()>& work);
    void show_current();

    PluginProcessor& processor_;
    juce::TextButton previous_{"<"};
    juce::TextButton menu_;
    juce::TextButton next_{">"};
    juce::TextButton save_{"Save"};
    juce::TextEditor name_; // in the place of the menu, while a name is typed
    juce::TextButton undo_{"Undo"};
    juce::TextButton redo_{"Redo"};
    juce::TextButton a_{"A"};
    juce::TextButton b_{"B"};
    juce::TextButton copy_;
    Naming naming_ = Naming::none;
    int refreshes_ = 0;
};

} // namespace tonecast::plugin
