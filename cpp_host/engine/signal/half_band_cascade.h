#pragma once

#include "engine/signal/audio_buffer.h"
#include "engine/signal/half_band.h"

#include <vector>

namespace tonecast {

/// Sample-rate conversion up or down by 2, 4 or 8 without looking ahead: half-band filters one
/// after the other, see there. What it gives for a sample depends on the samples before it alone.
class HalfBandCascade {
public:
    /// Whether there is one for these rates.
    static bool converts(int input_rate_hz, int output_rate_hz) noexcept;

    /// Where it does.
    void prepare(int input_rate_hz, int output_rate_hz, int channels, int max_input_samples);
    void reset() noexcept;

    /// Downward it waits for as many samples as become one.
    int lookahead_samples() const noexcept { return upward_ ? 0 : ratio_ - 1; }

    /// The most that process() writes for n input samples.
    int max_output_samples(int n) const noexcept { return upward_ ? n * ratio_ : n / ratio_ + 1; }

    /// Takes all n samples of `in`, writes to the start of `out` and returns how many.
    int process(const AudioBuffer& in, int n, AudioBuffer& out) noexcept;

private:
    int up(const AudioBuffer& in, int n, AudioBuffer& out) noexcept;
    int down(const AudioBuffer& in, int n, AudioBuffer& out) noexcept;

    bool upward_ = true;
    int ratio_ = 1;
    std::vector<HalfBand> stages_; // from the lowest rate to the highest
    AudioBuffer work_;
    int waiting_samples_ = 0; // of the input, at the start of work_: fewer than the ratio
};

} // namespace tonecast
