#include "engine/signal/silence_gate.h"

#include <algorithm>
#include <cmath>

namespace tonecast {

void SilenceGate::prepare(int sample_rate_hz, int channels, int late_samples, double tail_s) {
    const auto samples = [&](double seconds) {
        return std::max(1, static_cast<int>(std::lround(seconds * sample_rate_hz)));
    };
    open_ = false;
    close_after_samples_ = late_samples + samples(hold_s + tail_s);
    step_in_ = 1.0F / static_cast<float>(std::clamp(late_samples, 1, samples(fade_in_s)));
    step_out_ = 1.0F / static_cast<float>(samples(fade_out_s));
    channels_.resize(static_cast<std::size_t>(channels));
    reset();
}

void SilenceGate::reset() noexcept {
    std::ranges::fill(channels_, Channel{close_after_samples_, 0.0F});
}

void SilenceGate::process(const AudioBuffer& input, AudioBuffer& late, int n) noexcept {
    if (open_)
        return;
    for (int c = 0; c < late.channels(); ++c) {
        Channel channel = channels_[static_cast<std::size_t>(c)];
        const float* const heard = input.channel(c);
        float* const samples = late.channel(c);
        for (int i = 0; i < n; ++i) {
            const bool silent = std::fabs(heard[i]) <= silent_peak;
            channel.silent_samples =
                silent ? std::min(channel.silent_samples + 1, close_after_samples_) : 0;
            channel.gain = channel.silent_samples < close_after_samples_
                               ? std::min(channel.gain + step_in_, 1.0F)
                               : std::max(channel.gain - step_out_, 0.0F);
            samples[i] *= channel.gain;
        }
        channels_[static_cast<std::size_t>(c)] = channel;
    }
}

} // namespace tonecast
