#pragma once

#include <cstdint>
#include <juce_gui_basics/juce_gui_basics.h>

namespace tonecast::plugin {

/// Status: latency, rate, what was late or too loud; or what is wrong.
class StatusBar final : public juce::Component, public juce::SettableTooltipClient {
public:
    struct Status {
        double sample_rate_hz = 0.0;
        int latency_samples = 0;
        std::uint64_t late_frames = 0;
        std::uint64_t bad_frames = 0;
        std::uint64_t held_frames = 0;
        std::uint64_t limited_samples = 0;
        int band_hz =
            0; // the effect plays no higher, where that is audibly less than the host does
        bool offline = false;
        juce::String problem;

        bool operator==(const Status&) const = default;
    };

    void show(const Status& status);
    void paint(juce::Graphics& g) override;

private:
    Status status_;
};

} // namespace tonecast::plugin
