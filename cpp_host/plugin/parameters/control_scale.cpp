#include "plugin/parameters/control_scale.h"

#include <algorithm>
#include <cmath>

namespace tonecast::plugin {

float value_at(const Control& control, float normalized) noexcept {
    // A normalized value has 24 bits, and most defaults lie between two of them.
    if (normalized == to_normalized(control, control.default_value))
        return control.default_value;
    const double low = control.minimum;
    const double high = control.maximum;
    double value = 0.0;
    switch (control.scale) {
    case Scale::linear:
        value = low + (high - low) * normalized;
        break;
    case Scale::log:
        value = low * std::pow(high / low, normalized);
        break;
    case Scale::toggle:
        value = normalized < 0.5F ? low : high;
        break;
    }
    return std::clamp(static_cast<float>(value), control.minimum, control.maximum);
}

float to_normalized(const Control& control, float value) noexcept {
    // What users type may be anything, and nothing below 0 has a logarithm.
    const double valid = std::clamp(value, control.minimum, control.maximum);
    const double low = control.minimum;
    const double high = control.maximum;
    if (control.scale == Scale::log)
        return static_cast<float>(std::log(valid / low) / std::log(high / low));
    return static_cast<float>((valid - low) / (high - low));
}

juce::String value_to_text(float value) {
    const float size = std::fabs(value);
    const int decimals = size < 10.0F ? 3 : size < 100.0F ? 2 : size < 1000.0F ? 1 : 0;
    return juce::String(value, decimals);
}

juce::String value_to_short_text(float value) {
    const float size = std::fabs(value);
    return juce::String(value, size < 2.0F ? 2 : size < 100.0F ? 1 : 0);
}

juce::String unit_suffix(const juce::String& unit) {
    return unit.isEmpty() ? juce::String() : " " + (unit == "octaves" ? "oct" : unit);
}

float value_from_text(const juce::String& text) {
    const float value = text.getFloatValue();
    if (!std::isfinite(value)) // JUCE reads "nan" and "inf"
        return 0.0F;
    return text.retainCharacters("kK").isEmpty() ? value : 1000.0F * value; // "1.5 kHz"
}

} // namespace tonecast::plugin
