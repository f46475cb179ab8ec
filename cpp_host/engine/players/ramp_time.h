#pragma once

#include <algorithm>
#include <cmath>

namespace tonecast {

/// Over which what a user turns is followed, and what breaks off is faded.
inline constexpr double ramp_s = 0.02;

/// In samples of a rate; `every_samples` is how often there is a step.
inline int ramp_samples(int sample_rate_hz, int every_samples = 1) {
    return std::max(1, static_cast<int>(std::lround(ramp_s * sample_rate_hz / every_samples)));
}

} // namespace tonecast
