#pragma once

#include <juce_gui_basics/juce_gui_basics.h>

namespace tonecast::plugin {

/// Peaks before and after, falling slowly, with the highest of the last seconds in figures.
class Meters final : public juce::Component {
public:
    void add(float input_peak, float output_peak, double elapsed_s);
    void paint(juce::Graphics& g) override;

private:
    struct Meter {
        void add(float peak, double elapsed_s);

        float level_db = -100.0F;
        float held_db = -100.0F;
        double held_s = 0.0;
    };

    void paint_meter(juce::Graphics& g, juce::Rectangle<float> area, const Meter& meter,
                     const char* name) const;

    Meter input_;
    Meter output_;
};

} // namespace tonecast::plugin
