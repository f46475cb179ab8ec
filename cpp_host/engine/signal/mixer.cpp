#include "engine/signal/mixer.h"

#include <span>

namespace tonecast {

void Mixer::prepare(int ramp_samples, int max_samples) {
    for (ControlValue* knob : {&mix, &output_gain_db, &bypass})
        knob->prepare(ramp_samples);
    for (auto* values : {&wet_gain_, &output_gain_, &bypassed_})
        values->resize(static_cast<std::size_t>(max_samples));
}

void Mixer::follow() noexcept {
    for (ControlValue* knob : {&mix, &output_gain_db, &bypass})
        knob->follow();
}

void Mixer::jump() noexcept {
    for (ControlValue* knob : {&mix, &output_gain_db, &bypass})
        knob->jump();
}

void Mixer::process(const AudioBuffer& dry, const AudioBuffer& wet, float* const* out, int at,
                    int n) noexcept {
    const auto count = static_cast<std::size_t>(n);
    mix.next(std::span(wet_gain_).first(count));
    output_gain_db.next(std::span(output_gain_).first(count));
    bypass.next(std::span(bypassed_).first(count));
    for (int c = 0; c < dry.channels(); ++c) {
        const float* d = dry.channel(c);
        const float* w = wet.channel(c);
        float* o = out[c] + at;
        for (std::size_t i = 0; i < count; ++i) {
            const float mixed = (1.0F - wet_gain_[i]) * d[i] + wet_gain_[i] * w[i];
            o[i] = (1.0F - bypassed_[i]) * output_gain_[i] * mixed + bypassed_[i] * d[i];
        }
    }
}

} // namespace tonecast
