#pragma once

#include <algorithm>
#include <cstddef>
#include <span>

namespace tonecast {

/// A value that moves to its target in a straight line, one step a sample (or a frame).
/// What it gives depends on the steps taken since the target was set, never on how they are cut.
class Ramp {
public:
    void prepare(int steps) noexcept { steps_ = steps; }

    void jump_to(float value) noexcept {
        target_ = value;
        left_ = 0;
    }

    void move_to(float target) noexcept {
        if (target == target_)
            return;
        from_ = value();
        target_ = target;
        left_ = steps_;
        step_ = (target - from_) / static_cast<float>(steps_);
    }

    float next() noexcept {
        if (left_ > 0)
            --left_;
        return value();
    }

    void next(std::span<float> values) noexcept {
        std::size_t i = 0;
        for (; i < values.size() && left_ > 0; ++i)
            values[i] = next();
        std::fill(values.begin() + static_cast<std::ptrdiff_t>(i), values.end(), target_);
    }

    /// Where it stands: to the bit where it stood when it began to move, so that rounding takes it
    /// out of no range.
    float value() const noexcept {
        return left_ == steps_ ? from_ : target_ - step_ * static_cast<float>(left_);
    }

private:
    int steps_ = 1;
    int left_ = 0;
    float from_ = 0.0F;
    float target_ = 0.0F;
    float step_ = 0.0F;
};

} // namespace tonecast
