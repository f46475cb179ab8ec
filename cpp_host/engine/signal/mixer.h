#pragma once

#include "engine/signal/audio_buffer.h"
#include "engine/signal/control_value.h"
#include "engine/signal/limiter.h"

#include <vector>

namespace tonecast {

/// The end of the path: wet against the equally late dry signal, output gain, limiter, bypass.
/// Bypassed, or with mix at 0 and gain at 0 dB, the dry samples come out bit for bit; limited, if
/// the limiter is on, but not where they bypass it.
class Mixer {
public:
    void prepare(int sample_rate_hz, int channels, int ramp_samples, int max_samples);
    void reset() noexcept { limiter.reset(); }

    /// Audio thread, at the start of a block: take the knobs' settings, ramped or at once.
    void follow() noexcept;
    void jump() noexcept;

    /// For how many of the n samples the limiter turned them down.
    int process(const AudioBuffer& dry, const AudioBuffer& wet, float* const* out, int at,
                int n) noexcept;

    ControlValue mix{1.0F};
    ControlValue output_gain_db{0.0F, db_to_linear};
    Limiter limiter;
    ControlValue bypass{0.0F};

private:
    std::vector<float> wet_gain_;
    std::vector<float> output_gain_;
    std::vector<float> bypassed_;
    AudioBuffer mixed_;
};

} // namespace tonecast
