#pragma once

#include "engine/effect_file/contract.h"

#include <juce_audio_processors/juce_audio_processors.h>
#include <span>
#include <string>
#include <vector>

namespace tonecast::plugin {

using Parameters = juce::AudioProcessorValueTreeState;

inline constexpr auto effect_id = "effect";
inline constexpr auto automatic_id = "attenuation_auto"; // a predictor turns "attenuation"
inline constexpr auto bypass_id = "bypass";
inline constexpr auto user_file = "user file"; // the last choice of "effect"

/// What a host can automate beside the choice of the effect. An id is the name of the control that
/// it turns, in effects that have it. Label and unit make the names of tonecast.Effect's attributes
/// in pedalboard, too.
std::span<const Control> knobs();

/// Those with the given effects to choose among, and the file that a user brings along.
Parameters::ParameterLayout make_parameters(const std::vector<std::string>& effect_names);

} // namespace tonecast::plugin
