#pragma once

#include "engine/effect_file/contract.h"

#include <atomic>
#include <functional>
#include <juce_audio_processors/juce_audio_processors.h>
#include <optional>

namespace tonecast::plugin {

/// A parameter with the name, unit and steps of the control that it turns at the moment. Its value
/// is normalized over that one's range, 0 … 1. Where there is no such control its text says so, and
/// it turns nothing.
class ControlParameter final : public juce::RangedAudioParameter {
public:
    /// `control` tells what it turns; it is asked on any thread but the audio thread.
    ControlParameter(int number, std::function<std::optional<Control>()> control);

    // Any thread.
    float normalized_value() const noexcept {
        return normalized_value_.load(std::memory_order_acquire);
    }
    void set_normalized_value(float normalized) noexcept;

    /// For the editor: shorter than hosts have it, and with the unit.
    juce::String short_text(float normalized) const;

    juce::String getName(int max_length) const override;
    juce::String getLabel() const override;
    juce::String getText(float normalized, int max_length) const override;
    float getValueForText(const juce::String& text) const override;
    float getDefaultValue() const override;
    float getValue() const override { return normalized_value(); }
    void setValue(float normalized) override { set_normalized_value(normalized); }
    const juce::NormalisableRange<float>& getNormalisableRange() const override { return range_; }

private:
    std::function<std::optional<Control>()> control_;
    juce::NormalisableRange<float> range_{0.0F, 1.0F};
    std::atomic<float> normalized_value_{0.0F};
};

} // namespace tonecast::plugin
