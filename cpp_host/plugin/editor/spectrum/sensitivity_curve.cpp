#include "plugin/editor/spectrum/sensitivity_curve.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace tonecast::plugin {

float SensitivityCurve::at(float frequency_hz) const {
    float sum_db = tilt_db * std::log2(frequency_hz / pivot_hz);
    for (const Bell& bell : bells) {
        const float widths = std::log2(frequency_hz / bell.frequency_hz) / bell.octaves;
        sum_db += bell.gain_db * std::exp(-4.0F * std::numbers::ln2_v<float> * widths * widths);
    }
    return std::clamp(sum_db, lowest_db, highest_db);
}

SensitivityCurve sensitivity_curve(const Parameters& parameters) {
    const auto value = [&](const juce::String& id) {
        return parameters.getRawParameterValue(id)->load();
    };
    SensitivityCurve curve{};
    for (std::size_t i = 0; i < sensitivity_bands; ++i)
        curve.bells[i] = {value(sensitivity_id(i, "hz")), value(sensitivity_id(i, "db")),
                          value(sensitivity_id(i, "octaves"))};
    curve.tilt_db = value("sensitivity_tilt_db");
    return curve;
}

juce::String sensitivity_id(std::size_t bell, const char* of) {
    return "sensitivity_" + juce::String(bell + 1) + "_" + of;
}

} // namespace tonecast::plugin
