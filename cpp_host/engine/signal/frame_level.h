#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace tonecast {

/// Lets a linear model play frames that are louder than what it has learned from: takes level out
/// of a frame before the model and puts it back after it, which of a linear effect changes nothing.
///
/// By powers of two, so both are exact, and the same for all channels, which a model may mix.
/// Frames within the range pass as they are.
class FrameLevel {
public:
    /// Frames come back `delay_hops` later than they go in, and a sample that comes out then may
    /// belong to any of the last `spread_hops` of them. A peak of 0 lets everything pass.
    void prepare(float trained_peak, int delay_hops, int spread_hops);
    void reset() noexcept;

    /// Brings a frame into the range.
    void take_out(std::span<float> frame) noexcept;

    // Between one take_out() and the next.

    /// What to multiply the frame with that is due now.
    float gain_to_put_back() const noexcept { return due(0).put_back; }

    /// How far, as a ratio of at least 1, the sound that comes out now is beyond the range.
    float excess() const noexcept;

private:
    struct Frame {
        float put_back = 1.0F;
        float excess = 1.0F; // its peak over the trained one
    };

    /// The frame that was due `before` hops ago.
    const Frame& due(std::size_t before) const noexcept {
        return frames_[(now_ + frames_.size() - delay_hops_ - before) % frames_.size()];
    }

    float trained_peak_ = 0.0F;
    std::size_t delay_hops_ = 0;
    std::size_t spread_hops_ = 1;
    std::vector<Frame> frames_{1}; // a ring: those that may still sound
    std::size_t now_ = 0;
};

} // namespace tonecast
