#include "plugin/control_parameter.h"

#include "plugin/control_scale.h"

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

juce::String state_text(const Control& control, float share) {
    return value_at(control, share) == control.maximum ? "On" : "Off";
}

} // namespace

ControlParameter::ControlParameter(int number, std::function<std::optional<Control>()> control)
    : RangedAudioParameter(juce::ParameterID("control_" + juce::String(number), 1),
                           "Control " + juce::String(number)),
      control_(std::move(control)) {}

void ControlParameter::set_share(float share) noexcept {
    if (std::isfinite(share)) // hosts' automation may be anything
        share_.store(std::clamp(share, 0.0F, 1.0F), std::memory_order_release);
}

juce::String ControlParameter::short_text(float share) const {
    const auto control = control_();
    if (!control)
        return turns_nothing;
    if (control->scale == Scale::toggle)
        return state_text(*control, share);
    return value_to_short_text(value_at(*control, share)) + unit_suffix(control->unit);
}

juce::String ControlParameter::getName(int max_length) const {
    const auto control = control_();
    return (control ? juce::String(control->label) : name).substring(0, max_length);
}

juce::String ControlParameter::getLabel() const {
    const auto control = control_();
    return control ? juce::String(control->unit) : juce::String();
}

juce::String ControlParameter::getText(float share, int) const {
    const auto control = control_();
    if (!control)
        return turns_nothing;
    if (control->scale == Scale::toggle)
        return state_text(*control, share);
    return value_to_text(value_at(*control, share));
}

float ControlParameter::getValueForText(const juce::String& text) const {
    const auto control = control_();
    if (!control)
        return share();
    if (control->scale == Scale::toggle)
        return reads_as_on(text) ? 1.0F : 0.0F;
    return share_of(*control, value_from_text(text));
}

float ControlParameter::getDefaultValue() const {
    const auto control = control_();
    return control ? share_of(*control, control->default_value) : 0.0F;
}

} // namespace tonecast::plugin
