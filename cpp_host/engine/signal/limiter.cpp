#include "engine/signal/limiter.h"

#include <algorithm>
#include <cmath>

namespace tonecast {

namespace {

constexpr float as_good_as_0 = 1e-4F; // less than 0.001 dB

} // namespace

void Limiter::prepare(int sample_rate_hz) noexcept {
    kept_ = static_cast<float>(std::exp(-1.0 / (release_s * sample_rate_hz)));
    reset();
}

int Limiter::process(AudioBuffer& samples, int n) noexcept {
    if (on.get() == 0.0F) {
        reset();
        return 0;
    }
    const float ceiling = db_to_linear(ceiling_db.get());
    int limited = 0;
    for (int i = 0; i < n; ++i) {
        float peak = 0.0F;
        for (int c = 0; c < samples.channels(); ++c) {
            float& sample = samples.channel(c)[i];
            if (std::isnan(sample))
                sample = 0.0F;
            peak = std::max(peak, std::fabs(sample));
        }
        reduction_ *= kept_;
        if (reduction_ < as_good_as_0)
            reduction_ = 0.0F;
        if (peak * (1.0F - reduction_) > ceiling)
            reduction_ = 1.0F - ceiling / peak;
        if (reduction_ == 0.0F)
            continue;
        ++limited;
        for (int c = 0; c < samples.channels(); ++c) {
            float& sample = samples.channel(c)[i];
            // Clamped, because a product is rounded, and infinity times 0 is no number.
            sample = std::isinf(sample)
                         ? std::copysign(ceiling, sample)
                         : std::clamp(sample * (1.0F - reduction_), -ceiling, ceiling);
        }
    }
    return limited;
}

} // namespace tonecast
