#pragma once

#include "engine/control/history.h"
#include "engine/signal/audio_buffer.h"
#include "engine/signal/rate_ratio.h"
#include "engine/signal/resampler.h"

#include <cstdint>
#include <span>

namespace tonecast {

/// A window of sound for a predictor: its samples [from, from + window) at its own rate, counted
/// from where the stream begins in the history.
struct PredictorWindow {
    std::int64_t stream_begin = 0;
    std::int64_t from = 0;
};

/// Reads windows of a history at a predictor's rate. They are resampled when they are read, on the
/// thread that predicts: a filter of hundreds of taps would cost the audio thread more than all
/// else that it does. The samples are those that a resampler gives that runs along with the stream,
/// bit for bit.
class WindowReader {
public:
    /// Control thread.
    void prepare(int host_rate_hz, int predictor_rate_hz, int sides, int window_samples);

    /// The host's samples, from the stream's begin, by which all is there that a window is made of.
    std::int64_t needs(const PredictorWindow& window) const noexcept;

    /// How many of the host's samples a window is made of, at most.
    int reach_samples() const noexcept;

    /// One thread. Writes left, then right, the same twice for mono. False where what it takes has
    /// been overwritten.
    bool read(const History& history, const PredictorWindow& window, std::span<float> out) noexcept;

private:
    std::int64_t host_sample(std::int64_t sample) const noexcept {
        return sample * ratio_.down / ratio_.up;
    }

    RateRatio ratio_{1, 1};
    int window_samples_ = 0;
    Resampler resampler_;
    AudioBuffer host_;
    AudioBuffer resampled_;
};

} // namespace tonecast
