#include "engine/signal/mixer.h"

#include <span>

namespace tonecast {

void Mixer::prepare(int sample_rate_hz, int channels, int ramp_samples, int max_samples) {
    for (ControlValue* knob : {&mix, &output_gain_db, &bypass})
        knob->prepare(ramp_samples);
    for (auto* values : {&wet_gain_, &output_gain_, &bypassed_})
        values->resize(static_cast<std::size_t>(max_samples));
    mixed_.resize(channels, max_samples);
    limiter.prepare(sample_rate_hz);
}

void Mixer::follow() noexcept {
    for (ControlValue* knob : {&mix, &output_gain_db, &bypass})
        knob->follow();
}

void Mixer::jump() noexcept {
    for (ControlValue* knob : {&mix, &output_gain_db, &bypass})
        knob->jump();
}

int Mixer::process(const AudioBuffer& dry, const AudioBuffer& wet, float* const* out, int at,
                   int n) noexcept {
    const auto count = static_cast<std::size_t>(n);
    mix.next(std::span(wet_gain_).first(count));
    output_gain_db.next(std::span(output_gain_).first(count));
    bypass.next(std::span(bypassed_).first(count));
    for (int c = 0; c < dry.channels(); ++c) {
        const float* d = dry.channel(c);
        const float* w = wet.channel(c);
        float* m = mixed_.channel(c);
        for (std::size_t i = 0; i < count; ++i)
            m[i] = output_gain_[i] * ((1.0F - wet_gain_[i]) * d[i] + wet_gain_[i] * w[i]);
    }
    const int limited = limiter.process(mixed_, n);
    for (int c = 0; c < dry.channels(); ++c) {
        const float* d = dry.channel(c);
        const float* m = mixed_.channel(c);
        float* o = out[c] + at;
        for (std::size_t i = 0; i < count; ++i)
            o[i] = (1.0F - bypassed_[i]) * m[i] + bypassed_[i] * d[i];
    }
    return limited;
}

} // namespace tonecast
