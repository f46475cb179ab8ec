#include "engine/onnxruntime/delay_lines/delay_line.h"

#include <algorithm>
#include <cassert>

namespace tonecast {

DelayLine::DelayLine(const Taps& taps, std::size_t rows)
    : frame_(taps.frame), delays_(taps.delays), rows_(rows),
      frames_((delays_.front() + frame_ - 1) / frame_), ring_(frames_ * rows * frame_) {}

void DelayLine::fill(std::span<const float> past) noexcept {
    assert(past.size() % length() == 0);
    oldest_ = 0;
    const std::size_t unused = frames_ * frame_ - length(); // at the ring's begin
    for (std::size_t row = 0; row < rows_; ++row)
        for (std::size_t i = 0; i < length(); ++i) {
            const std::size_t at = unused + i;
            ring_.span()[(at / frame_ * rows_ + row) * frame_ + at % frame_] =
                past[(row * length() + i) % past.size()];
        }
}

void DelayLine::copy(const DelayLine& other) noexcept {
    assert(ring_.span().size() == other.ring_.span().size());
    std::ranges::copy(other.ring_.span(), ring_.span().begin());
    oldest_ = other.oldest_;
}

void DelayLine::read(std::span<float> windows) const noexcept {
    assert(windows.size() == rows_ * delays_.size() * frame_);
    float* out = windows.data();
    for (const std::size_t delay : delays_) {
        // A window begins in one frame and ends in the next, unless it is one of them.
        const std::size_t frames = (delay + frame_ - 1) / frame_;
        const std::size_t passed = frames * frame_ - delay;
        const float* const first = frame_before(frames).data();
        const float* const second = passed > 0 ? frame_before(frames - 1).data() : nullptr;
        for (std::size_t row = 0; row < rows_; ++row) {
            float* const window = out + row * delays_.size() * frame_;
            std::copy_n(first + row * frame_ + passed, frame_ - passed, window);
            if (passed > 0)
                std::copy_n(second + row * frame_, passed, window + frame_ - passed);
        }
        out += frame_;
    }
}

void DelayLine::write(std::span<const float> frame) noexcept {
    assert(frame.size() == rows_ * frame_);
    std::ranges::copy(frame, frame_before(frames_).begin());
    oldest_ = (oldest_ + 1) % frames_;
}

std::span<float> DelayLine::frame_before(std::size_t frames) const noexcept {
    const std::size_t at = (oldest_ + frames_ - frames) % frames_;
    return ring_.span().subspan(at * rows_ * frame_, rows_ * frame_);
}

} // namespace tonecast
