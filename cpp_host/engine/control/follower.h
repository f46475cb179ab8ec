#pragma once

#include <algorithm>
#include <cmath>

namespace tonecast {

/// A value that follows its target exponentially, in time rather than in steps: where it stands at
/// an instant depends on when its targets were set, not on how often it is read.
class Follower {
public:
    /// A time constant of 0 follows at once.
    void prepare(double time_constant_samples) noexcept { time_constant_ = time_constant_samples; }

    /// Stands at `value` from now on, until it gets a target.
    void jump_to(float value, double now_samples) noexcept {
        value_ = target_ = value;
        at_ = now_samples;
    }

    /// From `now_samples` on.
    void set_target(float target, double now_samples) noexcept {
        value_ = at(now_samples);
        at_ = now_samples;
        target_ = target;
    }

    double at(double now_samples) const noexcept {
        if (time_constant_ <= 0.0)
            return target_;
        // A frame may end a little before the instant at which its control was taken over.
        const double elapsed = std::max(0.0, now_samples - at_);
        return target_ + (value_ - target_) * std::exp(-elapsed / time_constant_);
    }

    float target() const noexcept { return target_; }

private:
    double time_constant_ = 0.0;
    double value_ = 0.0; // at the instant `at_`
    double at_ = 0.0;
    float target_ = 0.0F;
};

} // namespace tonecast
