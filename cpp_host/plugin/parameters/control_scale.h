#pragma once

#include "engine/effect_file/contract.h"

#include <juce_core/juce_core.h>

namespace tonecast::plugin {

// Hosts know parameters by normalized values, 0 … 1, and users by text.

/// Any normalized value gives a value in the range, that of the default the default itself to the
/// bit.
float value_at(const Control& control, float normalized) noexcept;

/// Any value gives a normalized value from 0 to 1.
float to_normalized(const Control& control, float value) noexcept;

/// Four significant digits: neighbouring steps of a fader stay apart.
juce::String value_to_text(float value);

/// Few digits, for the editor; hosts get more.
juce::String value_to_short_text(float value);

/// To be written after a value, with the space between; empty for none.
juce::String unit_suffix(const juce::String& unit);

/// What users type: "1.5 kHz" is 1500, and what is no number is 0.
float value_from_text(const juce::String& text);

} // namespace tonecast::plugin
