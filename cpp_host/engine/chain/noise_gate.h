#pragma once

#include "engine/signal/audio_buffer.h"
#include "engine/signal/control_value.h"

#include <vector>

namespace tonecast {

/// Silences hum and hiss between notes, before a capture amplifies them. It opens at the first
/// sample that reaches the threshold, and closes once `hold_s` have passed without one within
/// `hysteresis_db` below it, so that a decaying note does not make it flutter. No latency: a note's
/// first millisecond fades in.
///
/// Off, with a threshold of −100 dB, which is how it begins, and open it passes samples bit for
/// bit.
class NoiseGate {
public:
    static constexpr float off_db = -100.0F; // or less
    static constexpr float hysteresis_db = 6.0F;
    static constexpr double attack_s = 0.001;   // in a straight line
    static constexpr double hold_s = 0.05;      // more than a period of the lowest string, 31 Hz
    static constexpr double release_s = 0.1;    // to −60 dB, so many dB in every millisecond
    static constexpr float closed_gain = 1e-4F; // where a release ends in silence

    /// Control thread, while process() is not running. Allocates; begins a new stream.
    void prepare(int sample_rate_hz, int channels);

    /// Any thread, while process() is not running: the next jump() begins a new stream.
    void reset() noexcept;

    /// Audio thread, before the first process() of a stream: closed at once, if it is on, as
    /// silence has gone before.
    void jump() noexcept;

    /// Audio thread. Gates n samples of each channel; settings are taken at its beginning.
    void process(AudioBuffer& samples, int n) noexcept;

    // Any thread, at any time. Taken at once: the gain moves without a click by itself.
    ControlValue threshold_db{off_db}; // of a sample's amplitude, 0 dB is full scale
    ControlValue linked{1.0F};         // 1: what opens one channel opens all, so the image stays

private:
    struct Channel {
        int hold_left_samples = 0; // how long it stays open without another sound
        float gain = 1.0F;
    };

    bool is_on() const noexcept { return threshold_db.get() > off_db; }
    bool is_idle() const noexcept;

    std::vector<Channel> channels_;
    int hold_samples_ = 0;
    float step_in_ = 1.0F; // is added to the gain, a sample
    float kept_ = 0.0F;    // of the gain in a release, from one sample to the next
};

} // namespace tonecast
