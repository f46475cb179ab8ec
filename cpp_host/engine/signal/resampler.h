#pragma once

#include "engine/signal/audio_buffer.h"
#include "engine/signal/rate_ratio.h"

#include <vector>

namespace tonecast {

/// Streaming sample-rate conversion by a rational ratio with a linear-phase polyphase FIR. Where
/// the ratio is so odd that it takes too many phases, they are interpolated from the nearest two.
///
/// Output sample j stands for the very instant j / output_rate, input sample i for i / input_rate:
/// the filter adds no delay to that, it only has to wait for lookahead_samples() of input. Each
/// output sample is one dot product, or two, the same however the input is cut into blocks.
/// Flat to 90.7 % of the lower Nyquist frequency (20 kHz at 44.1 kHz), 120 dB down from 100 % on.
class Resampler {
public:
    void prepare(int input_rate_hz, int output_rate_hz, int channels, int max_input_samples);
    void reset() noexcept;

    int lookahead_samples() const noexcept { return passes_through_ ? 0 : taps_ / 2; }

    /// The most that process() writes for n input samples.
    int max_output_samples(int n) const noexcept;

    /// Takes all n samples of `in`, writes to the start of `out` and returns how many.
    int process(const AudioBuffer& in, int n, AudioBuffer& out) noexcept;

private:
    void step() noexcept;

    int up_ = 1;
    int down_ = 1;
    bool passes_through_ = true;

    int taps_ = 0;             // of one phase
    int phases_ = 1;           // of an input sample; fewer than up: interpolated in between
    std::vector<float> table_; // phases + 1 × taps, each phase in the order of its input samples

    AudioBuffer pending_; // input that some later output sample needs
    int held_ = 0;        // how much of it

    // The next output sample, and from one to the next. Integers, so that nothing drifts.
    int first_tap_ = 0; // where in the input its first tap lies; may lie ahead
    int phase_ = 0;     // its phase, or the last one before it
    int beyond_ = 0;    // by how much it lies beyond that, in units of 1 / up phases
    int step_phases_ = 0;
    int step_beyond_ = 0;
};

} // namespace tonecast
