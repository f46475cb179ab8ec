#pragma once

#include "engine/effect_file/contract.h"

#include <juce_audio_processors/juce_audio_processors.h>
#include <string>
#include <vector>

namespace tonecast::plugin {

using Parameters = juce::AudioProcessorValueTreeState;

inline constexpr auto effect_id = "effect";
inline constexpr auto automatic_id = "attenuation_auto"; // a predictor turns "attenuation"
inline constexpr auto bypass_id = "bypass";
inline constexpr auto stereo_id = "stereo";    // a choice, in the order of the engine's Stereo
inline constexpr auto user_file = "user file"; // the last choice of "effect"

/// Whether a parameter of ours has the name of this control, and turns it in every effect that has
/// one of that name. Others are turned by a ControlBank.
bool has_knob(const Control& control);

/// What a host can automate: the choice among the given effects and the file that a user brings
/// along, and the knobs. Label and unit of those make the names of tonecast.Effect's attributes in
/// pedalboard, too.
Parameters::ParameterLayout make_parameters(const std::vector<std::string>& effect_names);

} // namespace tonecast::plugin
