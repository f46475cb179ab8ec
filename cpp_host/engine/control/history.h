#pragma once

#include "engine/signal/audio_buffer.h"
#include "engine/signal/resampler.h"

#include <atomic>
#include <cstdint>
#include <span>
#include <vector>

namespace tonecast {

/// The last moments of a stream, left and right, at a predictor's rate. The audio thread writes,
/// one other thread may copy windows out of it, and nobody waits.
///
/// Mono counts as both sides. Of more than two channels the even ones (0, 2, …) average to the left
/// and the odd ones to the right, so that all are heard.
class History {
public:
    /// Control thread. `kept_samples`, at the predictor's rate, can be copied at any time.
    void prepare(int host_rate_hz, int predictor_rate_hz, int channels, int max_input_samples,
                 int kept_samples);

    // Audio thread.

    /// What comes from now on has nothing to do with what came before.
    void begin() noexcept;
    void push(const AudioBuffer& in, int n) noexcept;

    /// How many samples have come, at the predictor's rate, in all streams since prepare(). Sample
    /// j of a stream comes as soon as the host's sample j · down / up + lookahead has.
    std::int64_t written() const noexcept { return written_.load(std::memory_order_relaxed); }
    int lookahead_samples() const noexcept { return resampler_.lookahead_samples(); }

    /// Any thread: the samples that end before `end`, all left ones first. False where they have
    /// been overwritten.
    bool copy(std::int64_t end, std::span<float> window) const noexcept;

private:
    std::size_t place(std::int64_t sample) const noexcept {
        return static_cast<std::size_t>(sample % capacity_);
    }

    Resampler resampler_;
    AudioBuffer left_right_;
    AudioBuffer resampled_;
    std::int64_t capacity_ = 1;
    std::vector<std::atomic<float>> left_;
    std::vector<std::atomic<float>> right_;
    std::atomic<std::int64_t> written_{0};
    std::atomic<std::int64_t> overwriting_{0}; // as far as written_ is about to come
};

} // namespace tonecast
