#pragma once

#include "plugin/editor/spectrum_analyser.h"
#include "plugin/parameters/parameters.h"

#include <juce_gui_basics/juce_gui_basics.h>

namespace tonecast::plugin {

/// The spectrum before and after, and between them over the same frequencies what the effect does.
/// The limits of the frequency range are lines to be dragged.
class SpectrumView final : public juce::Component {
public:
    SpectrumView(Parameters& parameters, const SpectrumAnalyser& analyser);

    /// Whether the effect that plays has a frequency range.
    void show_range(bool on);

    void paint(juce::Graphics& g) override;
    void resized() override;
    void mouseMove(const juce::MouseEvent& event) override;
    void mouseDown(const juce::MouseEvent& event) override;
    void mouseDrag(const juce::MouseEvent& event) override;
    void mouseUp(const juce::MouseEvent& event) override;
    void mouseDoubleClick(const juce::MouseEvent& event) override;

private:
    float x_of(float frequency_hz) const;
    float hz_at(float x) const;
    float y_of_level(float level_db) const;
    float y_of_change(float change_db) const;
    float limit_hz(const char* id) const;
    juce::RangedAudioParameter* limit_near(float x) const;
    juce::Path curve(const std::array<float, SpectrumAnalyser::bands>& values,
                     float (SpectrumView::*y_of)(float) const) const;
    void paint_grid(juce::Graphics& g) const;
    void paint_range(juce::Graphics& g) const;
    void paint_legend(juce::Graphics& g) const;

    Parameters& parameters_;
    const SpectrumAnalyser& analyser_;
    juce::Rectangle<float> plot_;
    bool has_range_ = true;
    juce::RangedAudioParameter* dragged_ = nullptr;
};

} // namespace tonecast::plugin
