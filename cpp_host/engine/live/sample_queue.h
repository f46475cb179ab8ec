#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <span>
#include <vector>

namespace tonecast {

/// Samples from one thread to one other, without locks. What does not fit is left out as a whole.
class SampleQueue {
public:
    /// While no thread uses it.
    void prepare(std::size_t capacity) {
        ring_.assign(capacity + 1, 0.0F); // one place stays free: full differs from empty
        read_at_ = write_at_ = 0;
    }

    /// The writing thread. False, and nothing written, where there is no room for all.
    bool push(std::span<const float> samples) noexcept {
        if (ring_.empty())
            return false;
        const std::size_t at = write_at_.load(std::memory_order_relaxed);
        const std::size_t read_at = read_at_.load(std::memory_order_acquire);
        if ((read_at + ring_.size() - at - 1) % ring_.size() < samples.size())
            return false;
        const std::size_t straight = std::min(samples.size(), ring_.size() - at);
        std::ranges::copy(samples.first(straight), ring_.data() + at);
        std::ranges::copy(samples.subspan(straight), ring_.data());
        write_at_.store((at + samples.size()) % ring_.size(), std::memory_order_release);
        return true;
    }

    /// The reading thread. Everything that is there, as far as it fits; returns how much.
    std::size_t pop(std::span<float> samples) noexcept {
        if (ring_.empty())
            return 0;
        const std::size_t at = read_at_.load(std::memory_order_relaxed);
        const std::size_t write_at = write_at_.load(std::memory_order_acquire);
        const std::size_t held = (write_at + ring_.size() - at) % ring_.size();
        const std::size_t n = std::min(held, samples.size());
        const std::size_t straight = std::min(n, ring_.size() - at);
        std::copy_n(ring_.data() + at, straight, samples.data());
        std::copy_n(ring_.data(), n - straight, samples.data() + straight);
        read_at_.store((at + n) % ring_.size(), std::memory_order_release);
        return n;
    }

private:
    std::vector<float> ring_;
    std::atomic<std::size_t> read_at_{0};
    std::atomic<std::size_t> write_at_{0};
};

} // namespace tonecast
