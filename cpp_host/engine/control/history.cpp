#include "engine/control/history.h"

#include "engine/effect_file/contract.h"

#include <algorithm>

namespace tonecast {

namespace {

/// The mean of every other channel, beginning with `first`.
void average(const AudioBuffer& in, int first, int n, float* out) noexcept {
    const int averaged = (in.channels() - first + 1) / 2;
    std::copy_n(in.channel(first), n, out);
    for (int c = first + 2; c < in.channels(); c += 2)
        for (int i = 0; i < n; ++i)
            out[i] += in.channel(c)[i];
    if (averaged > 1)
        for (int i = 0; i < n; ++i)
            out[i] /= static_cast<float>(averaged);
}

} // namespace

void History::prepare(int channels, int max_input_samples, int kept_samples) {
    left_right_.resize(std::min(channels, predictor_channels), max_input_samples);
    capacity_ = kept_samples + max_input_samples;
    rings_ = std::vector<std::atomic<float>>(static_cast<std::size_t>(sides() * capacity_));
    written_ = overwriting_ = 0;
}

void History::push(const AudioBuffer& in, int n) noexcept {
    const std::int64_t at = written();
    // Samples are released: a thread that copies one also sees how far they are overwritten.
    overwriting_.store(at + n, std::memory_order_relaxed);
    for (int side = 0; side < sides(); ++side) {
        float* const mean = left_right_.channel(side);
        average(in, side, n, mean);
        for (int i = 0; i < n; ++i)
            sample(side, at + i).store(mean[i], std::memory_order_release);
    }
    written_.store(at + n, std::memory_order_release);
}

bool History::copy(std::int64_t from, int n, std::int64_t begin, AudioBuffer& out) const noexcept {
    if (from + n > written_.load(std::memory_order_acquire))
        return false;
    const auto silent = static_cast<int>(std::clamp<std::int64_t>(begin - from, 0, n));
    for (int side = 0; side < sides(); ++side) {
        std::fill_n(out.channel(side), silent, 0.0F);
        for (int i = silent; i < n; ++i)
            out.channel(side)[i] = sample(side, from + i).load(std::memory_order_acquire);
    }
    return overwriting_.load(std::memory_order_relaxed) <= from + silent + capacity_;
}

} // namespace tonecast
