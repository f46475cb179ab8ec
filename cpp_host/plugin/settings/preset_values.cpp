#include "plugin/settings/preset_values.h"

#include "plugin/parameters/control_scale.h"
#include "plugin/parameters/gesture.h"
#include "plugin/parameters/switch_parameter.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace tonecast::plugin {

namespace {

constexpr auto attenuation = "attenuation";
constexpr auto automatic = "auto";
constexpr auto delta = "delta";
constexpr std::array of_every_effect{"mix",     "input_gain_db", "output_gain_db", "gate_db",
                                     "bass_db", "middle_db",     "treble_db"};

/// A parameter, and the control that it turns.
struct Slot {
    float value() const {
        return is_banked ? value_at(control, parameter->getValue())
                         : parameter->convertFrom0to1(parameter->getValue());
    }

    void set(float value) const {
        turn(*parameter, is_banked ? to_normalized(control, value)
                                   : parameter->convertTo0to1(
                                         std::clamp(value, control.minimum, control.maximum)));
    }

    Control control;
    juce::RangedAudioParameter* parameter;
    bool is_banked;
};

std::vector<Slot> slots_of(const Contract& effect, const Parameters& parameters,
                           ControlBank& bank) {
    std::vector<Slot> slots;
    for (const Control& control : effect.controls)
        if (has_knob(control) && control.name != delta)
            slots.push_back({control, parameters.getParameter(control.name), false});
    std::size_t k = 0;
    for (const std::size_t i : banked_controls(effect))
        slots.push_back({effect.controls[i], &bank.parameter(k++), true});
    for (const char* name : of_every_effect)
        slots.push_back({knob_control(name), parameters.getParameter(name), false});
    return slots;
}

/// What differs is no rounding of a normalized value.
bool is_default(const Slot& slot, float value) {
    return std::fabs(to_normalized(slot.control, value) -
                     to_normalized(slot.control, slot.control.default_value)) < 1e-6F;
}

/// Six digits, as many as a normalized value has of a wide range.
double rounded(float value) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.6g", static_cast<double>(value));
    return std::strtod(text.data(), nullptr);
}

std::optional<float> number_in(const Preset::Values& values, const std::string& control) {
    const auto found = values.find(control);
    if (found == values.end())
        return {};
    if (const bool* on = std::get_if<bool>(&found->second))
        return *on ? 1.0F : 0.0F;
    if (const double* number = std::get_if<double>(&found->second))
        return static_cast<float>(*number);
    return {};
}

std::string word_in(const Preset::Values& values, const std::string& control) {
    const auto found = values.find(control);
    const auto* word = found == values.end() ? nullptr : std::get_if<std::string>(&found->second);
    return word == nullptr ? std::string() : *word;
}

juce::AudioParameterChoice& stereo_in(const Parameters& parameters) {
    return dynamic_cast<juce::AudioParameterChoice&>(*parameters.getParameter(stereo_id));
}

} // namespace

Preset::Values values_of(const Contract& effect, const Parameters& parameters, ControlBank& bank) {
    Preset::Values values;
    for (const Slot& slot : slots_of(effect, parameters, bank)) {
        const float value = slot.value();
        if (is_default(slot, value))
            continue;
        if (slot.control.scale == Scale::toggle)
            values[slot.control.name] =
                value >= 0.5F * (slot.control.minimum + slot.control.maximum);
        else
            values[slot.control.name] = rounded(value);
    }
    const auto& is_automatic = *parameters.getParameter(automatic_id);
    for (const Control& control : effect.controls)
        if (control.name == attenuation && !control.automatic_by.empty() &&
            SwitchParameter::is_on(is_automatic.getValue()))
            values[attenuation] = std::string(automatic);
    if (const auto& stereo = stereo_in(parameters); stereo.getIndex() != 0)
        values[stereo_id] = stereo.getCurrentChoiceName().toStdString();
    return values;
}

void set_values(const Preset::Values& values, const Contract& effect, Parameters& parameters,
                ControlBank& bank) {
    for (const Slot& slot : slots_of(effect, parameters, bank))
        slot.set(number_in(values, slot.control.name).value_or(slot.control.default_value));
    turn(*parameters.getParameter(automatic_id),
         word_in(values, attenuation) == automatic ? 1.0F : 0.0F);
    auto& stereo = stereo_in(parameters);
    const int index = std::max(0, stereo.choices.indexOf(juce::String(word_in(values, stereo_id))));
    turn_to(stereo, static_cast<float>(index));
}

} // namespace tonecast::plugin
