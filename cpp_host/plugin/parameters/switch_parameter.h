#pragma once

#include <juce_audio_processors/juce_audio_processors.h>

namespace tonecast::plugin {

/// On from half of its range, and kept in sessions as the host has set it: JUCE's own comes back as
/// 0 or 1 from one that a host had put in between, which hosts take for another setting.
class SwitchParameter final : public juce::AudioParameterBool {
public:
    using AudioParameterBool::AudioParameterBool;

    const juce::NormalisableRange<float>& getNormalisableRange() const override { return range_; }

    static bool is_on(float normalized) noexcept { return normalized >= 0.5F; }

private:
    juce::NormalisableRange<float> range_{0.0F, 1.0F};
};

} // namespace tonecast::plugin
