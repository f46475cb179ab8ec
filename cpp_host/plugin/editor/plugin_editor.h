#pragma once

#include "plugin/editor/bars/effect_bar.h"
#include "plugin/editor/bars/preset_bar.h"
#include "plugin/editor/bars/status_bar.h"
#include "plugin/editor/history_view.h"
#include "plugin/editor/knob.h"
#include "plugin/editor/meters.h"
#include "plugin/editor/model_card.h"
#include "plugin/editor/spectrum/spectrum_analyser.h"
#include "plugin/editor/spectrum/spectrum_view.h"
#include "plugin/editor/theme.h"
#include "plugin/plugin_processor.h"

#include <juce_gui_basics/juce_gui_basics.h>
#include <memory>
#include <vector>

namespace tonecast::plugin {

/// The window: lays its parts out, and shows them 30 times a second what the sound does. It is laid
/// out at one size and drawn at any.
class PluginEditor final : public juce::AudioProcessorEditor,
                           public juce::FileDragAndDropTarget,
                           private juce::Timer {
public:
    explicit PluginEditor(PluginProcessor& plugin);
    ~PluginEditor() override;

    void paint(juce::Graphics& g) override;
    void resized() override;

    /// An effect file or a capture that is dropped on the window plays, and a sound file is the
    /// impulse response of the cabinet behind it.
    bool isInterestedInFileDrag(const juce::StringArray& files) override;
    void filesDropped(const juce::StringArray& files, int x, int y) override;

    /// Ctrl-Z, Ctrl-Shift-Z and Ctrl-Y.
    bool keyPressed(const juce::KeyPress& key) override;

private:
    static constexpr int width = 960;
    static constexpr int height = 700;

    using Knobs = std::vector<std::unique_ptr<Knob>>;

    void timerCallback() override;
    void show_effect();
    void show_controls();
    void lay_out();
    static void lay_out_row(const Knobs& knobs, juce::Rectangle<int> row);
    juce::String problem() const;

    PluginProcessor& plugin_;
    Theme theme_;
    SpectrumAnalyser analyser_;
    double last_time_ms_;
    std::shared_ptr<const Effect> shown_;
    int shown_controls_ = -1; // as the bank counts

    juce::Component page_;
    EffectBar effect_bar_;
    PresetBar preset_bar_;
    juce::String preset_problem_;
    SpectrumView spectrum_;
    ModelCard card_;
    Knobs knobs_;
    Knobs equalizer_knobs_; // a row of their own, for effects that have a frequency range
    Knobs banked_knobs_;    // likewise, where there are any
    HistoryView history_;
    Meters meters_;
    StatusBar status_;
    juce::TooltipWindow tooltips_{this};
};

} // namespace tonecast::plugin
