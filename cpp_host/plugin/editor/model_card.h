#pragma once

#include "plugin/library/effect_library.h"

#include <juce_gui_basics/juce_gui_basics.h>

namespace tonecast::plugin {

/// What an effect's contract says of it: what it does, what it was made from, how well it is known
/// to play.
class ModelCard final : public juce::Component {
public:
    /// The file of the effect that is played at this rate.
    void show(const Effect* effect, int sample_rate_hz);
    void paint(juce::Graphics& g) override;

private:
    juce::String title_;
    juce::String description_;
    juce::StringPairArray rows_;
};

} // namespace tonecast::plugin
