#include "plugin/parameters/control_parameter.h"

#include "plugin/parameters/control_scale.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace tonecast::plugin {

namespace {

const juce::String turns_nothing{juce::CharPointer_UTF8("\xe2\x80\x93")}; // –

bool reads_as_on(const juce::String& text) {
    const auto word = text.trim().toLowerCase();
    return word == "on" || word == "yes" || word == "true" || value_from_text(word) >= 0.5F;
}

juce::String state_text(const Control& control, float normalized) {
    return value_at(control, normalized) == control.maximum ? "On" : "Off";
}

} // namespace

ControlParameter::ControlParameter(int number, std::function<std::optional<Control>()> control)
    : RangedAudioParameter(juce::ParameterID("control_" + juce::String(number), 1),
                           "Control " + juce::String(number)),
      control_(std::move(control)) {}

void ControlParameter::set_normalized_value(float normalized) noexcept {
    if (std::isfinite(normalized)) // hosts' automation may be anything
        normalized_value_.store(std::clamp(normalized, 0.0F, 1.0F), std::memory_order_release);
}

juce::String ControlParameter::short_text(float normalized) const {
    const auto control = control_();
    if (!control)
        return turns_nothing;
    if (control->scale == Scale::toggle)
        return state_text(*control, normalized);
    return value_to_short_text(value_at(*control, normalized)) + unit_suffix(control->unit);
}

juce::String ControlParameter::getName(int max_length) const {
    const auto control = control_();
    return (control ? juce::String(control->label) : name).substring(0, max_length);
}

juce::String ControlParameter::getLabel() const {
    const auto control = control_();
    return control ? juce::String(control->unit) : juce::String();
}

juce::String ControlParameter::getText(float normalized, int) const {
    const auto control = control_();
    if (!control)
        return turns_nothing;
    if (control->scale == Scale::toggle)
        return state_text(*control, normalized);
    return value_to_text(value_at(*control, normalized));
}

float ControlParameter::getValueForText(const juce::String& text) const {
    const auto control = control_();
    if (!control)
        return normalized_value();
    if (control->scale == Scale::toggle)
        return reads_as_on(text) ? 1.0F : 0.0F;
    return to_normalized(*control, value_from_text(text));
}

float ControlParameter::getDefaultValue() const {
    const auto control = control_();
    return control ? to_normalized(*control, control->default_value) : 0.0F;
}

} // namespace tonecast::plugin
