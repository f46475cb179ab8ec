#include "engine/chain/sidechain.h"

#include <algorithm>

namespace tonecast {

void Sidechain::prepare(int sample_rate_hz, int channels, int max_samples) {
    to_mid_side.prepare(sample_rate_hz);
    samples_.resize(channels, max_samples);
    both_.resize(2 * channels, max_samples);
}

SilencedSamples Sidechain::take(const float* const* given, int at, const AudioBuffer& input,
                                int n) noexcept {
    SilencedSamples silenced;
    for (int c = 0; c < samples_.channels(); ++c) {
        if (given != nullptr)
            silenced += copy_finite(given[c] + at, samples_.channel(c), n);
        else
            std::copy_n(input.channel(c), n, samples_.channel(c));
    }
    to_mid_side.process(samples_, n);
    return silenced;
}

const AudioBuffer& Sidechain::below(const AudioBuffer& input, int n) noexcept {
    for (int c = 0; c < samples_.channels(); ++c) {
        std::copy_n(input.channel(c), n, both_.channel(c));
        std::copy_n(samples_.channel(c), n, both_.channel(samples_.channels() + c));
    }
    return both_;
}

} // namespace tonecast
