#pragma once

#include "engine/effect_file/contract.h"

#include <cstddef>
#include <juce_audio_processors/juce_audio_processors.h>
#include <string>
#include <string_view>
#include <vector>

namespace tonecast::plugin {

using Parameters = juce::AudioProcessorValueTreeState;

inline constexpr auto effect_id = "effect";
inline constexpr auto automatic_id = "attenuation_auto"; // a predictor turns "attenuation"
inline constexpr auto bypass_id = "bypass";
inline constexpr auto stereo_id = "stereo"; // a choice, in the order of the engine's Stereo
inline constexpr std::size_t sensitivity_bands = 4;
inline constexpr auto user_file = "user file"; // the last choice of "effect"

/// Whether a parameter of ours turns this control, as it turns that of its name in every effect. Of
/// the names that only equalizers have, `threshold_db` for example, a control is turned by ours if
/// range and default are the same, too. Others are turned by a ControlBank.
bool has_knob(const Control& control);

/// The parameter of ours that has this name, described like a control: there has to be one.
const Control& knob_control(std::string_view name);

/// What a host can automate: the choice among the given effects and the file that a user brings
/// along, and the knobs. Label and unit of those make the names of tonecast.Effect's attributes in
/// pedalboard, too; where labels would be the same, the unit is a part of them.
Parameters::ParameterLayout make_parameters(const std::vector<std::string>& effect_names);

} // namespace tonecast::plugin
