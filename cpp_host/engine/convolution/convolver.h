#pragma once

#include "engine/convolution/convolution_level.h"
#include "engine/signal/audio_buffer.h"

#include <cstdint>
#include <vector>

namespace tonecast {

/// Convolves with an impulse response of any length, without latency. The first 128 taps are
/// applied directly, those behind them in blocks of 64 samples, then 512, then 4096: each of them
/// has the time that its taps are old, so what the audio thread does is the same in every 64
/// samples, and nothing is left to other threads.
class Convolver {
public:
    /// Control thread. Allocates. `taps` has a channel for all channels of the stream, or several
    /// of which they take turns; at least one tap.
    Convolver(const AudioBuffer& taps, int channels);

    /// Any thread, while process() is not running: begins a new stream.
    void reset() noexcept;

    /// Audio thread. n samples of each channel; `in` and `out` may be the same. What is no audio
    /// is taken as silence.
    void process(const AudioBuffer& in, AudioBuffer& out, int n) noexcept;

private:
    static constexpr int direct_taps = 128;
    static constexpr int tick_samples = ConvolutionLevel::tick_samples;

    void end_tick() noexcept;
    void process_run(const float* in, float* out, int channel, int n) noexcept;

    AudioBuffer direct_; // the first taps
    std::vector<ConvolutionLevel> levels_;
    AudioBuffer input_; // the last samples, as levels read them
    // What the first taps read: as many samples as they reach back, a tick, and room for another,
    // as sums are always those of a whole tick.
    AudioBuffer recent_;
    std::int64_t tick_at_ = 0; // in the stream
    int in_tick_ = 0;
};

} // namespace tonecast
