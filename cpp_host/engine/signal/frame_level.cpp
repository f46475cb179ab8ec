#include "engine/signal/frame_level.h"

#include <algorithm>
#include <cmath>

namespace tonecast {

void FrameLevel::prepare(float trained_peak, int delay_hops, int spread_hops) {
    trained_peak_ = trained_peak;
    delay_hops_ = static_cast<std::size_t>(delay_hops);
    spread_hops_ = static_cast<std::size_t>(spread_hops);
    frames_.resize(delay_hops_ + spread_hops_);
    now_ = 0;
    reset();
}

void FrameLevel::reset() noexcept {
    std::ranges::fill(frames_, Frame{});
}

void FrameLevel::take_out(std::span<float> frame) noexcept {
    if (!(trained_peak_ > 0.0F))
        return;
    now_ = (now_ + 1) % frames_.size();
    frames_[now_] = {};
    float peak = 0.0F;
    for (const float sample : frame)
        peak = std::max(peak, std::fabs(sample));
    if (peak <= trained_peak_)
        return;
    int exponent = 0; // excess = m · 2^exponent, ½ ≤ m < 1: divided by 2^exponent the frame fits
    const float excess = peak / trained_peak_;
    std::frexp(excess, &exponent);
    // Once more: the loudest frames are the rarest in a training, and those 6 to 12 dB below them
    // are played best (benchmarks/results/LOUD_INPUT.md).
    ++exponent;
    const float taken_out = std::ldexp(1.0F, -exponent);
    for (float& sample : frame)
        sample *= taken_out;
    frames_[now_] = {std::ldexp(1.0F, exponent), excess};
}

float FrameLevel::excess() const noexcept {
    float largest = 1.0F;
    for (std::size_t before = 0; before < spread_hops_; ++before)
        largest = std::max(largest, due(before).excess);
    return largest;
}

} // namespace tonecast
