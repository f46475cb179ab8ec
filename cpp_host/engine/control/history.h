#pragma once

#include "engine/signal/audio_buffer.h"

#include <atomic>
#include <cstdint>
#include <vector>

namespace tonecast {

/// The last moments of a stream, left and right. The audio thread writes, one other thread may copy
/// out of it, and neither waits.
///
/// Mono is one side only. Of more than two channels the even ones (0, 2, …) average to the left and
/// the odd ones to the right, so that all are heard.
class History {
public:
    /// Control thread. `kept_samples` can be copied at any time.
    void prepare(int channels, int max_input_samples, int kept_samples);

    /// Audio thread.
    void push(const AudioBuffer& in, int n) noexcept;

    /// How many samples have come since prepare().
    std::int64_t written() const noexcept { return written_.load(std::memory_order_relaxed); }

    // Any thread.
    int sides() const noexcept { return left_right_.channels(); }

    /// The n samples from the given one on, to the start of `out`; what lies before `begin` is
    /// silence. False where they have not come yet or have been overwritten.
    bool copy(std::int64_t from, int n, std::int64_t begin, AudioBuffer& out) const noexcept;

private:
    std::atomic<float>& sample(int side, std::int64_t index) noexcept {
        return rings_[static_cast<std::size_t>(side * capacity_ + index % capacity_)];
    }
    const std::atomic<float>& sample(int side, std::int64_t index) const noexcept {
        return rings_[static_cast<std::size_t>(side * capacity_ + index % capacity_)];
    }

    AudioBuffer left_right_;
    std::int64_t capacity_ = 1;
    std::vector<std::atomic<float>> rings_; // side after side
    std::atomic<std::int64_t> written_{0};
    std::atomic<std::int64_t> overwriting_{0}; // as far as written_ is about to come
};

} // namespace tonecast
