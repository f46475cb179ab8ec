#include "plugin/editor/spectrum/spectrum_analyser.h"

#include <algorithm>
#include <cmath>

namespace tonecast::plugin {

namespace {

constexpr double follow_s = 0.15;
constexpr double change_follow_s = 0.3;
constexpr float silent_db = -90.0F; // there a ratio says nothing

float to_db(float power) {
    return 10.0F * std::log10(power + 1e-12F);
}

float keep(double elapsed_s, double time_s) {
    return static_cast<float>(std::exp(-elapsed_s / time_s));
}

} // namespace

SpectrumAnalyser::SpectrumAnalyser()
    : window_(size, juce::dsp::WindowingFunction<float>::hann, false), pairs_(kept), before_(kept),
      after_(kept), work_(2 * size) {
    levels_.before_db.fill(floor_db);
    levels_.after_db.fill(floor_db);
}

float SpectrumAnalyser::band_hz(float band) noexcept {
    return min_hz * std::pow(max_hz / min_hz, band / (bands - 1));
}

void SpectrumAnalyser::update(Taps& taps, int sample_rate_hz, int latency_samples,
                              double elapsed_s) {
    take(taps);
    Power before{};
    Power after{};
    if (std::exchange(fresh_, false) && sample_rate_hz > 0) {
        const auto late = static_cast<std::size_t>(latency_samples);
        measure(before_, std::min(late, kept - size), sample_rate_hz, before);
        measure(after_, 0, sample_rate_hz, after);
    }
    const float kept_power = keep(elapsed_s, follow_s);
    const float kept_change = keep(elapsed_s, change_follow_s);
    float loudness = 0.0F;
    float change = 0.0F;
    for (std::size_t i = 0; i < bands; ++i) {
        before_power_[i] = before[i] + kept_power * (before_power_[i] - before[i]);
        after_power_[i] = after[i] + kept_power * (after_power_[i] - after[i]);
        levels_.before_db[i] = std::max(floor_db, to_db(before_power_[i]));
        levels_.after_db[i] = std::max(floor_db, to_db(after_power_[i]));
        const bool sounds = levels_.before_db[i] > silent_db;
        const float now_db = sounds ? to_db(after_power_[i]) - to_db(before_power_[i]) : 0.0F;
        levels_.change_db[i] = now_db + kept_change * (levels_.change_db[i] - now_db);
        loudness += before_power_[i];
        change += before_power_[i] * levels_.change_db[i];
    }
    mean_change_db_ = loudness > 1e-9F ? change / loudness : 0.0F;
}

void SpectrumAnalyser::take(Taps& taps) {
    const std::size_t count = taps.read(pairs_);
    for (std::size_t i = 0; i + 1 < count; i += 2) {
        before_[at_] = pairs_[i];
        after_[at_] = pairs_[i + 1];
        at_ = (at_ + 1) % kept;
    }
    fresh_ = count > 0;
}

void SpectrumAnalyser::measure(const std::vector<float>& ring, std::size_t late, int sample_rate_hz,
                               Power& power) {
    for (std::size_t i = 0; i < size; ++i)
        work_[i] = ring[(at_ + 2 * kept - late - size + i) % kept];
    std::fill(work_.begin() + size, work_.end(), 0.0F);
    window_.multiplyWithWindowingTable(work_.data(), size);
    fft_.performFrequencyOnlyForwardTransform(work_.data(), true);

    const float bins_per_hz = static_cast<float>(size) / static_cast<float>(sample_rate_hz);
    constexpr float full_scale = size / 4.0F; // the peak of a sine of 1 under this window
    const auto bin_power = [&](int bin) {
        const float amplitude = work_[static_cast<std::size_t>(std::clamp(bin, 0, size / 2))];
        return amplitude * amplitude / (full_scale * full_scale);
    };
    for (std::size_t i = 0; i < bands; ++i) {
        const float from = band_hz(static_cast<float>(i) - 0.5F) * bins_per_hz;
        const float to = band_hz(static_cast<float>(i) + 0.5F) * bins_per_hz;
        if (from > size / 2.0F)
            continue;
        if (to - from < 1.0F) { // between two bins
            const float centre = (from + to) / 2.0F;
            const float fraction = centre - std::floor(centre);
            const int bin = static_cast<int>(centre);
            power[i] = (1.0F - fraction) * bin_power(bin) + fraction * bin_power(bin + 1);
            continue;
        }
        const int first = static_cast<int>(std::ceil(from));
        const int last = std::max(first, static_cast<int>(to));
        for (int bin = first; bin <= last; ++bin)
            power[i] += bin_power(bin) / static_cast<float>(last - first + 1);
    }
}

} // namespace tonecast::plugin
