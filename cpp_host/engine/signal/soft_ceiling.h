#pragma once

#include "engine/signal/audio_buffer.h"

namespace tonecast {

/// Holds samples below a ceiling, smoothly: up to the knee they pass unchanged, beyond it they bend
/// towards the ceiling and never reach it. A curve without memory, so it has no latency.
class SoftCeiling {
public:
    /// Amplitudes, full scale 1: 0 < knee < ceiling. Until they are set, everything passes.
    void set(float knee, float ceiling) noexcept;

    /// Holds n samples of each channel, with knee and ceiling `scale` times as high; whether any of
    /// them was beyond the knee.
    bool process(AudioBuffer& samples, int n, float scale = 1.0F) const noexcept;

private:
    float knee_ = 0.0F;
    float room_ = 0.0F; // from the knee to the ceiling; 0: everything passes
};

} // namespace tonecast
