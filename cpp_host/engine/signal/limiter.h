#pragma once

#include "engine/signal/audio_buffer.h"
#include "engine/signal/control_value.h"

namespace tonecast {

/// The last line of defence for ears and loudspeakers: no sample is above the ceiling, whatever
/// comes in, and NaN becomes silence. Below the ceiling samples pass bit for bit.
///
/// No latency: the gain falls at once, at the sample that needs it, and comes back with a time
/// constant of 100 ms. All channels share it, so that the stereo image stays.
class Limiter {
public:
    static constexpr double release_s = 0.1;

    void prepare(int sample_rate_hz) noexcept;
    void reset() noexcept { reduction_ = 0.0F; }

    /// Audio thread. Limits n samples of each channel; for how many of them it turned them down.
    int process(AudioBuffer& samples, int n) noexcept;

    // Taken at once: on a ramp the ceiling would not hold what it says.
    ControlValue on{0.0F};         // 1 is on
    ControlValue ceiling_db{0.0F}; // dBFS

private:
    float kept_ = 0.0F;      // of the reduction, from one sample to the next
    float reduction_ = 0.0F; // what the gain lacks to 1: near 0 it is more exact than the gain
};

} // namespace tonecast
