#pragma once

#include <cmath>
#include <juce_gui_basics/juce_gui_basics.h>

namespace tonecast::plugin {

/// The axes of the spectrum: log frequency from left to right, and upwards levels, and what is done
/// to them, in dB. All that is done has its zero on one line.
struct PlotScale {
    static constexpr float min_hz = 20.0F;
    static constexpr float max_hz = 20000.0F;
    static constexpr float octaves = 9.9657843F; // between them
    static constexpr float top_db = 0.0F;
    static constexpr float bottom_db = -90.0F;
    static constexpr float zero_from_top = 1.0F / 3.0F;
    static constexpr float max_change_db = 15.0F;      // from the zero line to the bottom
    static constexpr float max_sensitivity_db = 40.0F; // likewise

    float x_of(float frequency_hz) const {
        return area.getX() + area.getWidth() * std::log2(frequency_hz / min_hz) / octaves;
    }

    float hz_at(float x) const {
        const float fraction = (x - area.getX()) / area.getWidth();
        return min_hz * std::exp2(octaves * juce::jlimit(0.0F, 1.0F, fraction));
    }

    float y_of_level(float level_db) const {
        return within(juce::jmap(level_db, top_db, bottom_db, area.getY(), area.getBottom()));
    }

    float y_of_change(float change_db) const { return below_zero(-change_db / max_change_db); }

    float y_of_sensitivity(float sensitivity_db) const {
        return below_zero(-sensitivity_db / max_sensitivity_db);
    }

    float sensitivity_at(float y) const {
        return -max_sensitivity_db * (y - zero()) / (area.getBottom() - zero());
    }

    juce::Rectangle<float> area;

private:
    float zero() const { return area.getY() + zero_from_top * area.getHeight(); }
    float within(float y) const { return juce::jlimit(area.getY(), area.getBottom(), y); }
    float below_zero(float part) const {
        return within(zero() + part * (area.getBottom() - zero()));
    }
};

} // namespace tonecast::plugin
