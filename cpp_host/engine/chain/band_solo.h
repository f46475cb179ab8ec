#pragma once

#include "engine/chain/biquad.h"
#include "engine/signal/ramp.h"

#include <atomic>
#include <vector>

namespace tonecast {

/// One band alone, to find out by ear what lies there: a band-pass behind everything else, of
/// minimum phase and without latency.
///
/// Off, samples pass bit for bit. It fades in and out, and a band that is moved glides:
/// coefficients are computed every `grid_samples` of the stream, wherever blocks begin, and move in
/// straight lines between.
class BandSolo {
public:
    static constexpr double min_hz = 10.0;
    static constexpr double min_octaves = 0.1;
    static constexpr double max_octaves = 6.0;
    static constexpr int grid_samples = 16;
    static constexpr double ramp_s = 0.02;

    /// Control thread, while process() is not running. Allocates; begins a new stream.
    void prepare(int sample_rate_hz, int channels);

    /// Any thread, while process() is not running: begins a new stream.
    void reset() noexcept;

    // Any thread, at any time.

    /// The middle of the band, and its width at −3 dB. Held to what the sample rate allows.
    void play(float frequency_hz, float octaves) noexcept;
    void stop() noexcept { frequency_hz_.store(0.0F, std::memory_order_relaxed); }

    // Audio thread, at the start of a block: take what is set, ramped or, where a stream begins, at
    // once.
    void follow() noexcept;
    void jump() noexcept;

    /// Audio thread, in place: n samples of each channel, from `at` on.
    void process(float* const* samples, int at, int n) noexcept;

private:
    struct Channel {
        Biquad first; // both are the same: twice as steep
        Biquad second;
    };

    BiquadCoefficients designed() const noexcept;
    void begin_grid() noexcept;
    void process_run(float* const* samples, int at, int n) noexcept;

    std::atomic<float> frequency_hz_{0.0F}; // 0: off
    std::atomic<float> octaves_{1.0F};

    int sample_rate_hz_ = 48000;
    Ramp amount_; // a step each sample
    bool is_wanted_ = false;
    bool is_heard_ = false; // or fades
    Ramp middle_octaves_;   // above 1 Hz; a step each point of the grid, as the next
    Ramp width_octaves_;
    BiquadCoefficients now_; // of the last sample
    BiquadCoefficients next_;
    BiquadCoefficients step_; // a sample
    int grid_at_ = 0;         // samples since the last point of the grid
    std::vector<Channel> channels_;
};

} // namespace tonecast
