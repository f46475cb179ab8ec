#pragma once

#include "plugin/editor/theme.h"
#include "plugin/parameters/control_scale.h"

#include <functional>
#include <juce_audio_processors/juce_audio_processors.h>
#include <juce_gui_basics/juce_gui_basics.h>
#include <utility>

namespace tonecast::plugin {

/// A parameter as a knob, with its name above and its value, to be typed over, below.
class Knob final : public juce::Component {
public:
    /// `text` writes a value of the parameter's range.
    Knob(juce::RangedAudioParameter& parameter, std::function<juce::String(double)> text)
        : parameter_(parameter), attachment_(parameter, slider_), name_(parameter.getName(32)) {
        slider_.setTitle(name_);
        slider_.textFromValueFunction = std::move(text);
        slider_.updateText();
        addAndMakeVisible(slider_);
    }

    explicit Knob(juce::RangedAudioParameter& parameter)
        : Knob(parameter, [unit = unit_suffix(parameter.getLabel())](double value) {
              return value_to_short_text(static_cast<float>(value)) + unit;
          }) {}

    /// Knobs go when another effect is chosen, and someone may be turning one at that moment.
    ~Knob() override {
        if (slider_.getThumbBeingDragged() >= 0)
            parameter_.endChangeGesture();
    }

    void resized() override {
        slider_.setTextBoxStyle(juce::Slider::TextBoxBelow, false, getWidth(), 17);
        slider_.setBounds(getLocalBounds().withTrimmedTop(18));
    }

    void paint(juce::Graphics& g) override {
        g.setColour(isEnabled() ? Theme::faint_text : Theme::faint_text.withAlpha(0.4F));
        g.setFont(Theme::font());
        g.drawFittedText(name_, getLocalBounds().removeFromTop(18), juce::Justification::centred,
                         1);
    }

    void enablementChanged() override { repaint(); }

private:
    juce::RangedAudioParameter& parameter_;
    juce::Slider slider_{juce::Slider::RotaryHorizontalVerticalDrag, juce::Slider::TextBoxBelow};
    juce::SliderParameterAttachment attachment_;
    juce::String name_;
};

} // namespace tonecast::plugin
