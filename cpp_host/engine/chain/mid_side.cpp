#include "engine/chain/mid_side.h"

#include <algorithm>
#include <cmath>

namespace tonecast {

void MidSide::prepare(int sample_rate_hz) noexcept {
    amount.prepare(std::max(1, static_cast<int>(std::lround(ramp_s * sample_rate_hz))));
}

void MidSide::process(AudioBuffer& samples, int n) noexcept {
    if (samples.channels() != 2)
        return;
    const float scale = way_ == Way::encode ? 0.5F : 1.0F;
    float* const left = samples.channel(0);
    float* const right = samples.channel(1);
    for (int i = 0; i < n; ++i) {
        const float converted = amount.next();
        if (converted == 0.0F)
            continue;
        const float mid = scale * (left[i] + right[i]);
        const float side = scale * (left[i] - right[i]);
        left[i] = (1.0F - converted) * left[i] + converted * mid;
        right[i] = (1.0F - converted) * right[i] + converted * side;
    }
}

} // namespace tonecast
