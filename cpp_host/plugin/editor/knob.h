#pragma once

#include "plugin/editor/theme.h"
#include "plugin/parameters.h"

#include <cmath>
#include <juce_gui_basics/juce_gui_basics.h>

namespace tonecast::plugin {

/// A parameter as a knob, with its name above and its value, to be typed over, below.
class Knob final : public juce::Component {
public:
    Knob(Parameters& parameters, const char* id)
        : attachment_(parameters, id, slider_), name_(parameters.getParameter(id)->getName(32)) {
        const auto unit = parameters.getParameter(id)->getLabel();
        slider_.setTextValueSuffix(unit.isEmpty() ? "" : " " + (unit == "octaves" ? "oct" : unit));
        slider_.setTitle(name_);
        slider_.textFromValueFunction = shortly;
        slider_.updateText();
        slider_.setDoubleClickReturnValue(true,
                                          parameters.getParameterRange(id).convertFrom0to1(
                                              parameters.getParameter(id)->getDefaultValue()));
        addAndMakeVisible(slider_);
    }

    void resized() override {
        slider_.setTextBoxStyle(juce::Slider::TextBoxBelow, false, getWidth(), 17);
        slider_.setBounds(getLocalBounds().withTrimmedTop(18));
    }

    void paint(juce::Graphics& g) override {
        g.setColour(isEnabled() ? Theme::faint_text : Theme::faint_text.withAlpha(0.4F));
        g.setFont(Theme::font());
        g.drawText(name_, getLocalBounds().removeFromTop(18), juce::Justification::centred);
    }

    void enablementChanged() override { repaint(); }

private:
    /// As much as an eye wants to know; hosts get more digits.
    static juce::String shortly(double value) {
        const double size = std::fabs(value);
        return juce::String(value, size < 2.0 ? 2 : size < 100.0 ? 1 : 0);
    }

    juce::Slider slider_{juce::Slider::RotaryHorizontalVerticalDrag, juce::Slider::TextBoxBelow};
    Parameters::SliderAttachment attachment_;
    juce::String name_;
};

} // namespace tonecast::plugin
