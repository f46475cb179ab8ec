#pragma once

#include "engine/signal/audio_buffer.h"
#include "engine/signal/control_value.h"

namespace tonecast {

/// Two channels as their middle and their sides, and back: M = (L + R) / 2, S = (L − R) / 2;
/// L = M + S, R = M − S. Mono is at its own level in the middle, so a capture between the two is
/// driven by it as ever.
///
/// Two of them stand around what plays M and S, one encoding and one decoding. `amount` moves from
/// 0, where samples pass bit for bit, to 1 on a ramp.
class MidSide {
public:
    enum class Way { encode, decode };

    static constexpr double ramp_s = 0.02;

    explicit MidSide(Way way) noexcept : way_(way) {}

    /// Control thread, while process() is not running.
    void prepare(int sample_rate_hz) noexcept;

    // Audio thread, at the start of a block: take what is set, ramped or at once.
    void follow() noexcept { amount.follow(); }
    void jump() noexcept { amount.jump(); }

    /// Audio thread. Converts n samples in place; leaves anything but two channels as it is.
    void process(AudioBuffer& samples, int n) noexcept;

    ControlValue amount{0.0F}; // any thread, at any time

private:
    Way way_;
};

} // namespace tonecast
