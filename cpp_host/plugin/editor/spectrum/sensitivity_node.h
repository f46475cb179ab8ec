#pragma once

#include "plugin/editor/spectrum/plot_scale.h"
#include "plugin/host/solo_request.h"
#include "plugin/parameters/parameters.h"

#include <juce_gui_basics/juce_gui_basics.h>

namespace tonecast::plugin {

/// A bell of the sensitivity curve, to be dragged: frequency and dB. The wheel makes it wider or
/// narrower, a double click takes it back to 0 dB, and keys do all of that, too. With Alt held only
/// its band is heard while it is dragged.
class SensitivityNode final : public juce::Component, public juce::SettableTooltipClient {
public:
    static constexpr int size = 22; // that can be taken hold of

    /// `bell` counts from 0.
    SensitivityNode(Parameters& parameters, std::size_t bell, const PlotScale& scale,
                    SoloRequest& solo);
    ~SensitivityNode() override;

    /// Goes where its parameters are.
    void refresh();

    /// Its values, with units.
    juce::String text() const;

    /// Whether someone is about to turn it, so that its values are wanted.
    bool is_busy() const;

    void paint(juce::Graphics& g) override;
    bool hitTest(int x, int y) override;
    void mouseDown(const juce::MouseEvent& event) override;
    void mouseDrag(const juce::MouseEvent& event) override;
    void mouseUp(const juce::MouseEvent& event) override;
    void mouseDoubleClick(const juce::MouseEvent& event) override;
    void mouseWheelMove(const juce::MouseEvent& event,
                        const juce::MouseWheelDetails& wheel) override;
    void modifierKeysChanged(const juce::ModifierKeys& modifiers) override;
    bool keyPressed(const juce::KeyPress& key) override;
    void focusGained(FocusChangeType) override { repaint(); }
    void focusLost(FocusChangeType) override { repaint(); }

private:
    void let_go();
    void solo_while_held(const juce::ModifierKeys& modifiers);
    void widen(float octaves);
    juce::Point<float> place() const; // of its middle, in the parent
    float value(const juce::RangedAudioParameter& parameter) const;

    juce::RangedAudioParameter& frequency_hz_;
    juce::RangedAudioParameter& gain_db_;
    juce::RangedAudioParameter& octaves_;
    const std::size_t bell_;
    const PlotScale& scale_;
    SoloRequest& solo_;
    bool is_dragged_ = false;
    juce::Point<float> grip_; // where the pointer took hold, from its middle
};

} // namespace tonecast::plugin
