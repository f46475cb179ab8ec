#pragma once

#include "engine/live/sample_queue.h"

#include <array>
#include <atomic>
#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

namespace tonecast::plugin {

/// What the editor sees of the sound, taken on the audio thread without locks: peaks, and, while an
/// editor is open, the mean over the channels before and after, in step.
class Taps {
public:
    static constexpr int slice_samples = 512;

    /// While nothing plays.
    void prepare(int sample_rate_hz) {
        queue_.prepare(static_cast<std::size_t>(sample_rate_hz)); // half a second of pairs
    }

    // Audio thread, around up to slice_samples.
    void before(const float* const* channels, int count, int n) noexcept {
        raise(input_peak_, channels, count, n);
        watched_now_ = watched_.load(std::memory_order_relaxed);
        if (watched_now_)
            mean(channels, count, n, 0);
    }

    void after(const float* const* channels, int count, int n) noexcept {
        raise(output_peak_, channels, count, n);
        if (!watched_now_)
            return;
        mean(channels, count, n, 1);
        queue_.push(std::span(pairs_).first(2 * static_cast<std::size_t>(n)));
    }

    // The editor's thread.
    void watch(bool on) noexcept { watched_.store(on, std::memory_order_relaxed); }

    /// What came since the last call, input and output sample in turn; returns the floats written.
    std::size_t read(std::span<float> pairs) noexcept { return queue_.pop(pairs); }

    /// The highest peak since the last call, linear.
    float take_input_peak() noexcept { return input_peak_.exchange(0.0F); }
    float take_output_peak() noexcept { return output_peak_.exchange(0.0F); }

private:
    static void raise(std::atomic<float>& peak, const float* const* channels, int count,
                      int n) noexcept {
        float highest = peak.load(std::memory_order_relaxed);
        for (int c = 0; c < count; ++c)
            for (int i = 0; i < n; ++i)
                highest = std::fmax(highest, std::fabs(channels[c][i]));
        peak.store(highest, std::memory_order_relaxed);
    }

    void mean(const float* const* channels, int count, int n, std::size_t side) noexcept {
        for (int i = 0; i < n; ++i) {
            float sum = 0.0F;
            for (int c = 0; c < count; ++c)
                sum += channels[c][i];
            pairs_[2 * static_cast<std::size_t>(i) + side] = sum / static_cast<float>(count);
        }
    }

    std::atomic<float> input_peak_{0.0F};
    std::atomic<float> output_peak_{0.0F};
    std::atomic<bool> watched_{false};
    bool watched_now_ = false;
    std::array<float, 2 * slice_samples> pairs_{};
    SampleQueue queue_;
};

} // namespace tonecast::plugin
