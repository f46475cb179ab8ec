#pragma once

#include "plugin/editor/spectrum/plot_scale.h"
#include "plugin/taps.h"

#include <array>
#include <juce_dsp/juce_dsp.h>
#include <vector>

namespace tonecast::plugin {

/// Levels over log frequency, before and after, at the same instant of the sound; and what the
/// effect has done to it: the ratio of the two.
class SpectrumAnalyser {
public:
    static constexpr int bands = 240;
    static constexpr float min_hz = PlotScale::min_hz;
    static constexpr float max_hz = PlotScale::max_hz;
    static constexpr float floor_db = -100.0F;

    struct Levels {
        std::array<float, bands> before_db;
        std::array<float, bands> after_db;
        std::array<float, bands> change_db; // after − before; 0 where there is no sound
    };

    SpectrumAnalyser();

    static float band_hz(float band) noexcept;

    /// Takes what the taps have got since the last call, and follows it.
    void update(Taps& taps, int sample_rate_hz, int latency_samples, double elapsed_s);

    const Levels& levels() const noexcept { return levels_; }

    /// Mean change over the bands that sound, weighted with their power before, in dB.
    float mean_change_db() const noexcept { return mean_change_db_; }

private:
    static constexpr int order = 12;
    static constexpr int size = 1 << order;
    static constexpr std::size_t kept = std::size_t{1} << 16U; // size, and the longest latency

    using Power = std::array<float, bands>;

    void take(Taps& taps);
    void measure(const std::vector<float>& ring, std::size_t late, int sample_rate_hz,
                 Power& power);

    juce::dsp::FFT fft_{order};
    juce::dsp::WindowingFunction<float> window_;
    std::vector<float> pairs_;
    std::vector<float> before_; // rings
    std::vector<float> after_;
    std::size_t at_ = 0;
    bool fresh_ = false;
    std::vector<float> work_;
    Power before_power_{};
    Power after_power_{};
    Levels levels_{};
    float mean_change_db_ = 0.0F;
};

} // namespace tonecast::plugin
