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

void History::prepare(int host_rate_hz, int predictor_rate_hz, int channels, int max_input_samples,
                      int kept_samples) {
    // Mono is resampled once and doubled when it is copied.
    const int sides = std::min(channels, predictor_channels);
    resampler_.prepare(host_rate_hz, predictor_rate_hz, sides, max_input_samples);
    left_right_.resize(sides, max_input_samples);
    resampled_.resize(sides, resampler_.max_output_samples(max_input_samples));
    capacity_ = kept_samples + resampled_.samples();
    left_ = std::vector<std::atomic<float>>(static_cast<std::size_t>(capacity_));
    right_ = std::vector<std::atomic<float>>(sides > 1 ? left_.size() : 0);
    written_ = overwriting_ = 0;
}

void History::begin() noexcept {
    resampler_.reset();
}

void History::push(const AudioBuffer& in, int n) noexcept {
    for (int side = 0; side < left_right_.channels(); ++side)
        average(in, side, n, left_right_.channel(side));
    const int count = resampler_.process(left_right_, n, resampled_);
    const std::int64_t at = written();
    // Released with every sample: whoever copies one of them also sees how far it is overwritten.
    overwriting_.store(at + count, std::memory_order_relaxed);
    for (int i = 0; i < count; ++i)
        left_[place(at + i)].store(resampled_.channel(0)[i], std::memory_order_release);
    if (!right_.empty())
        for (int i = 0; i < count; ++i)
            right_[place(at + i)].store(resampled_.channel(1)[i], std::memory_order_release);
    written_.store(at + count, std::memory_order_release);
}

bool History::copy(std::int64_t end, std::span<float> window) const noexcept {
    const auto size = static_cast<std::int64_t>(window.size()) / predictor_channels;
    if (end < size || end > written_.load(std::memory_order_acquire))
        return false;
    const auto& right = right_.empty() ? left_ : right_;
    for (std::int64_t i = 0; i < size; ++i) {
        const std::size_t from = place(end - size + i);
        window[static_cast<std::size_t>(i)] = left_[from].load(std::memory_order_acquire);
        window[static_cast<std::size_t>(size + i)] = right[from].load(std::memory_order_acquire);
    }
    return overwriting_.load(std::memory_order_relaxed) <= end - size + capacity_;
}

} // namespace tonecast
