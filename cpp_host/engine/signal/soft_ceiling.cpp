#include "engine/signal/soft_ceiling.h"

#include <cmath>

namespace tonecast {

void SoftCeiling::set(float knee, float ceiling) noexcept {
    knee_ = knee;
    room_ = ceiling - knee;
}

bool SoftCeiling::process(AudioBuffer& samples, int n, float scale) const noexcept {
    if (!(room_ > 0.0F))
        return false;
    const float knee = scale * knee_;
    const float room = scale * room_;
    bool held = false;
    for (int c = 0; c < samples.channels(); ++c) {
        float* const channel = samples.channel(c);
        for (int i = 0; i < n; ++i) {
            const float over = std::fabs(channel[i]) - knee;
            if (!(over > 0.0F))
                continue;
            held = true;
            // room · over / (room + over): slope 1 at the knee, the ceiling at infinity.
            channel[i] = std::copysign(knee + room / (1.0F + room / over), channel[i]);
        }
    }
    return held;
}

} // namespace tonecast
