#include "engine/chain/noise_gate.h"

#include <algorithm>
#include <cmath>

namespace tonecast {

void NoiseGate::prepare(int sample_rate_hz, int channels) {
    const auto samples = [&](double seconds) {
        return std::max(1, static_cast<int>(std::lround(seconds * sample_rate_hz)));
    };
    hold_samples_ = samples(hold_s);
    step_in_ = 1.0F / static_cast<float>(samples(attack_s));
    kept_ = static_cast<float>(std::pow(10.0, -60.0 / 20.0 / samples(release_s)));
    channels_.resize(static_cast<std::size_t>(channels));
    reset();
}

void NoiseGate::reset() noexcept {
    std::ranges::fill(channels_, Channel{});
}

void NoiseGate::jump() noexcept {
    std::ranges::fill(channels_, Channel{0, is_on() ? 0.0F : 1.0F});
}

bool NoiseGate::is_idle() const noexcept {
    return !is_on() &&
           std::ranges::all_of(channels_, [](const Channel& c) { return c.gain == 1.0F; });
}

void NoiseGate::process(AudioBuffer& samples, int n) noexcept {
    if (is_idle()) {
        for (Channel& channel : channels_) // switched on, it stays open for a while
            channel.hold_left_samples = hold_samples_;
        return;
    }
    const bool stays_open = !is_on();
    const bool is_linked = linked.get() != 0.0F;
    const float opens = db_to_linear(threshold_db.get());
    const float stays = db_to_linear(threshold_db.get() - hysteresis_db);
    for (int i = 0; i < n; ++i) {
        float highest = 0.0F;
        for (int c = 0; c < samples.channels(); ++c)
            highest = std::max(highest, std::fabs(samples.channel(c)[i])); // NaN is no peak
        for (int c = 0; c < samples.channels(); ++c) {
            float& sample = samples.channel(c)[i];
            Channel& channel = channels_[static_cast<std::size_t>(c)];
            const float peak = is_linked ? highest : std::fabs(sample);
            if (stays_open || peak >= opens || (channel.hold_left_samples > 0 && peak >= stays))
                channel.hold_left_samples = hold_samples_;
            if (channel.hold_left_samples > 0) {
                --channel.hold_left_samples;
                channel.gain = std::min(channel.gain + step_in_, 1.0F);
            } else {
                channel.gain *= kept_;
                if (channel.gain < closed_gain)
                    channel.gain = 0.0F;
            }
            sample *= channel.gain;
        }
    }
}

} // namespace tonecast
