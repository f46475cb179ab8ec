#include "plugin/parameters/parameters.h"

#include "plugin/parameters/control_scale.h"
#include "plugin/parameters/switch_parameter.h"

#include <algorithm>
#include <array>
#include <memory>

namespace tonecast::plugin {

namespace {

const std::array<Control, 18> knobs{{
    {"attenuation", "Attenuation", "", Scale::linear, 0.0F, 1.0F, 0.19F, ""},
    {automatic_id, "Attenuation auto", "", Scale::toggle, 0.0F, 1.0F, 0.0F, ""},
    {"low_hz", "Low", "Hz", Scale::log, 20.0F, 20000.0F, 150.0F, ""},
    {"high_hz", "High", "Hz", Scale::log, 20.0F, 20000.0F, 20000.0F, ""},
    {"attack_ms", "Attack", "ms", Scale::log, 1.0F, 500.0F, 5.0F, ""},
    {"release_ms", "Release", "ms", Scale::log, 5.0F, 2000.0F, 150.0F, ""},
    {"width_octaves", "Width", "octaves", Scale::log, 0.25F, 2.0F, 0.6F, ""},
    {"delta", "Delta", "", Scale::toggle, 0.0F, 1.0F, 0.0F, ""},
    {"mix", "Mix", "", Scale::linear, 0.0F, 1.0F, 1.0F, ""},
    {"input_gain_db", "Input gain", "dB", Scale::linear, -60.0F, 60.0F, 0.0F, ""},
    {"output_gain_db", "Output gain", "dB", Scale::linear, -60.0F, 60.0F, 0.0F, ""},
    {bypass_id, "Bypass", "", Scale::toggle, 0.0F, 1.0F, 0.0F, ""},
    {"limiter", "Limiter", "", Scale::toggle, 0.0F, 1.0F, 1.0F, ""},
    {"ceiling_db", "Ceiling", "dB", Scale::linear, -60.0F, 24.0F, 0.0F, ""},
    {"gate_db", "Gate", "dB", Scale::linear, -100.0F, 0.0F, -100.0F, ""},
    {"bass_db", "Bass", "dB", Scale::linear, -12.0F, 12.0F, 0.0F, ""},
    {"middle_db", "Middle", "dB", Scale::linear, -12.0F, 12.0F, 0.0F, ""},
    {"treble_db", "Treble", "dB", Scale::linear, -12.0F, 12.0F, 0.0F, ""},
}};

/// Where to work more and where less: bells over log frequency, and a tilt.
const std::array<Control, 18> equalizer_knobs{{
    {"sensitivity_1_hz", "Sensitivity 1", "Hz", Scale::log, 20.0F, 20000.0F, 150.0F, ""},
    {"sensitivity_1_db", "Sensitivity 1", "dB", Scale::linear, -40.0F, 12.0F, 0.0F, ""},
    {"sensitivity_1_octaves", "Sensitivity 1", "octaves", Scale::log, 0.1F, 4.0F, 1.0F, ""},
    {"sensitivity_2_hz", "Sensitivity 2", "Hz", Scale::log, 20.0F, 20000.0F, 600.0F, ""},
    {"sensitivity_2_db", "Sensitivity 2", "dB", Scale::linear, -40.0F, 12.0F, 0.0F, ""},
    {"sensitivity_2_octaves", "Sensitivity 2", "octaves", Scale::log, 0.1F, 4.0F, 1.0F, ""},
    {"sensitivity_3_hz", "Sensitivity 3", "Hz", Scale::log, 20.0F, 20000.0F, 2400.0F, ""},
    {"sensitivity_3_db", "Sensitivity 3", "dB", Scale::linear, -40.0F, 12.0F, 0.0F, ""},
    {"sensitivity_3_octaves", "Sensitivity 3", "octaves", Scale::log, 0.1F, 4.0F, 1.0F, ""},
    {"sensitivity_4_hz", "Sensitivity 4", "Hz", Scale::log, 20.0F, 20000.0F, 9600.0F, ""},
    {"sensitivity_4_db", "Sensitivity 4", "dB", Scale::linear, -40.0F, 12.0F, 0.0F, ""},
    {"sensitivity_4_octaves", "Sensitivity 4", "octaves", Scale::log, 0.1F, 4.0F, 1.0F, ""},
    {"sensitivity_tilt_db", "Sensitivity tilt", "dB", Scale::linear, -6.0F, 6.0F, 0.0F, ""},
    {"detail_octaves", "Detail", "octaves", Scale::linear, 0.0F, 1.0F, 0.0F, ""},
    {"threshold_db", "Threshold", "dB", Scale::linear, 0.0F, 24.0F, 0.0F, ""},
    {"hardness", "Hardness", "", Scale::linear, 0.0F, 1.0F, 0.0F, ""},
    {"max_cut_db", "Max cut", "dB", Scale::linear, 0.0F, 60.0F, 60.0F, ""},
    {"link", "Link", "", Scale::linear, 0.0F, 1.0F, 1.0F, ""},
}};

/// Whether another has the same label.
bool shares_label(const Control& knob) {
    return std::ranges::count(equalizer_knobs, knob.label, &Control::label) > 1;
}

juce::NormalisableRange<float> range(const Control& knob) {
    if (knob.scale != Scale::log)
        return {knob.minimum, knob.maximum};
    return {knob.minimum, knob.maximum,
            [knob](float, float, float normalized) { return value_at(knob, normalized); },
            [knob](float, float, float value) { return to_normalized(knob, value); }};
}

std::unique_ptr<juce::RangedAudioParameter> make_parameter(const Control& knob) {
    const juce::ParameterID id(knob.name, 1);
    if (knob.scale == Scale::toggle)
        return std::make_unique<SwitchParameter>(id, knob.label, knob.default_value != 0.0F);
    const bool takes_unit = shares_label(knob);
    return std::make_unique<juce::AudioParameterFloat>(
        id, takes_unit ? knob.label + " " + knob.unit : knob.label, range(knob), knob.default_value,
        juce::AudioParameterFloatAttributes()
            .withLabel(takes_unit ? std::string() : knob.unit)
            .withStringFromValueFunction([](float value, int) { return value_to_text(value); })
            .withValueFromStringFunction(value_from_text));
}

} // namespace

bool has_knob(const Control& control) {
    if (std::ranges::find(knobs, control.name, &Control::name) != knobs.end())
        return true;
    const auto knob = std::ranges::find(equalizer_knobs, control.name, &Control::name);
    return knob != equalizer_knobs.end() && control.scale == knob->scale &&
           control.minimum == knob->minimum && control.maximum == knob->maximum &&
           control.default_value == knob->default_value;
}

const Control& knob_control(std::string_view name) {
    const auto knob = std::ranges::find(knobs, name, &Control::name);
    return knob != knobs.end() ? *knob : *std::ranges::find(equalizer_knobs, name, &Control::name);
}

Parameters::ParameterLayout make_parameters(const std::vector<std::string>& effect_names) {
    juce::StringArray choices;
    for (const std::string& name : effect_names)
        choices.add(name);
    choices.add(user_file);
    Parameters::ParameterLayout layout;
    layout.add(std::make_unique<juce::AudioParameterChoice>(juce::ParameterID(effect_id, 1),
                                                            "Effect", choices, 0));
    for (const Control& knob : knobs)
        layout.add(make_parameter(knob));
    for (const Control& knob : equalizer_knobs)
        layout.add(make_parameter(knob));
    layout.add(std::make_unique<juce::AudioParameterChoice>(
        juce::ParameterID(stereo_id, 1), "Stereo", juce::StringArray{"linked", "dual", "mid-side"},
        0));
    return layout;
}

} // namespace tonecast::plugin
