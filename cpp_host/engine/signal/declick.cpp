#include "engine/signal/declick.h"

#include <algorithm>

namespace tonecast {

void Declick::prepare(int channels, int fade_samples) {
    fade_samples_ = std::max(1, fade_samples);
    channels_.resize(static_cast<std::size_t>(channels));
    reset();
}

void Declick::reset() noexcept {
    left_ = 0;
    std::ranges::fill(channels_, Channel{});
}

void Declick::process(AudioBuffer& hop, int n, bool discontinuity) noexcept {
    if (n == 0)
        return;
    if (discontinuity)
        left_ = fade_samples_;
    const int fading = std::min(n, left_);
    for (int c = 0; c < hop.channels(); ++c) {
        Channel& channel = channels_[static_cast<std::size_t>(c)];
        float* samples = hop.channel(c);
        if (discontinuity)
            channel.step = channel.last - samples[0];
        for (int i = 0; i < fading; ++i)
            samples[i] +=
                channel.step * static_cast<float>(left_ - i) / static_cast<float>(fade_samples_);
        channel.last = samples[n - 1];
    }
    left_ -= fading;
}

} // namespace tonecast
