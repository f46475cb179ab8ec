#pragma once

#include "engine/signal/audio_buffer.h"
#include "engine/signal/rate_ratio.h"

#include <vector>

namespace tonecast {

/// Streaming sample-rate conversion by a rational ratio with a linear-phase polyphase FIR.
///
/// Output sample j stands for the very instant j / output_rate, input sample i for i / input_rate:
/// the filter adds no delay to that, it only has to wait for lookahead_samples() of input. Each
/// output sample is one dot product, the same however the input is cut into blocks.
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
    int up_ = 1;
    int down_ = 1;
    bool passes_through_ = true;

    int taps_ = 0;             // of one phase
    std::vector<float> table_; // up phases × taps, each phase in the order of its input samples

    AudioBuffer pending_; // input that some later output sample needs
    int held_ = 0;        // how much of it
    int first_tap_ = 0;   // where in it the next output sample's first tap lies; may lie ahead
    int phase_ = 0;       // of the next output sample, in units of 1 / up input samples
};

} // namespace tonecast
