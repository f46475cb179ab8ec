#pragma once

#include <juce_audio_processors/juce_audio_processors.h>

namespace tonecast::plugin {

/// Message thread: a turn of a knob by its user, as hosts record it.
inline void turn(juce::AudioProcessorParameter& parameter, float normalized) {
    parameter.beginChangeGesture();
    parameter.setValueNotifyingHost(normalized);
    parameter.endChangeGesture();
}

/// The same, to a value of its range.
inline void turn_to(juce::RangedAudioParameter& parameter, float value) {
    turn(parameter, parameter.convertTo0to1(value));
}

} // namespace tonecast::plugin
