#pragma once

#include "plugin/editor/spectrum/plot_scale.h"
#include "plugin/editor/spectrum/sensitivity_node.h"
#include "plugin/editor/spectrum/spectrum_analyser.h"
#include "plugin/host/solo_request.h"
#include "plugin/parameters/parameters.h"

#include <juce_gui_basics/juce_gui_basics.h>
#include <memory>
#include <vector>

namespace tonecast::plugin {

/// The spectrum before and after, and between them over the same frequencies what the effect does.
/// The limits of the frequency range are lines to be dragged, and the sensitivity of an equalizer
/// is a curve with nodes.
class SpectrumView final : public juce::Component {
public:
    SpectrumView(Parameters& parameters, const SpectrumAnalyser& analyser, SoloRequest& solo);
    ~SpectrumView() override;

    /// Whether the effect that plays has a frequency range, and a sensitivity curve.
    void show(bool has_range, bool has_sensitivity);

    /// Follows what sounds and what is turned.
    void refresh();

    void paint(juce::Graphics& g) override;
    void paintOverChildren(juce::Graphics& g) override;
    void resized() override;
    void mouseMove(const juce::MouseEvent& event) override;
    void mouseDown(const juce::MouseEvent& event) override;
    void mouseDrag(const juce::MouseEvent& event) override;
    void mouseUp(const juce::MouseEvent& event) override;
    void mouseDoubleClick(const juce::MouseEvent& event) override;
    void modifierKeysChanged(const juce::ModifierKeys& modifiers) override;

private:
    void let_go();
    void solo_while_held(const juce::ModifierKeys& modifiers);
    float limit_hz(const char* id) const;
    juce::RangedAudioParameter* limit_near(float x) const;
    juce::Path curve(const std::array<float, SpectrumAnalyser::bands>& values,
                     float (PlotScale::*y_of)(float) const) const;
    void paint_grid(juce::Graphics& g) const;
    void paint_range(juce::Graphics& g) const;
    void paint_sensitivity(juce::Graphics& g) const;
    void paint_values(juce::Graphics& g, const SensitivityNode& node) const;
    void paint_legend(juce::Graphics& g) const;

    Parameters& parameters_;
    const SpectrumAnalyser& analyser_;
    SoloRequest& solo_;
    PlotScale scale_;
    std::vector<std::unique_ptr<SensitivityNode>> nodes_;
    bool has_range_ = true;
    bool has_sensitivity_ = false;
    juce::RangedAudioParameter* dragged_ = nullptr;
};

} // namespace tonecast::plugin
