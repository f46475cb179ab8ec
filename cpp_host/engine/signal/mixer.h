#pragma once

#include "engine/signal/audio_buffer.h"
#include "engine/signal/control_value.h"

#include <vector>

namespace tonecast {

/// The end of the path: wet against the equally late dry signal, output gain, bypass.
/// Bypassed, or with mix at 0 and gain at 0 dB, the dry samples come out bit for bit.
class Mixer {
public:
    void prepare(int ramp_samples, int max_samples);

    /// Audio thread, at the start of a block: take the knobs' settings, ramped or at once.
    void follow() noexcept;
    void jump() noexcept;

    void process(const AudioBuffer& dry, const AudioBuffer& wet, float* const* out, int at,
                 int n) noexcept;

    ControlValue mix{1.0F};
    ControlValue output_gain_db{0.0F, db_to_linear};
    ControlValue bypass{0.0F};

private:
    std::vector<float> wet_gain_;
    std::vector<float> output_gain_;
    std::vector<float> bypassed_;
};

} // namespace tonecast
