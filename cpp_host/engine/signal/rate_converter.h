#pragma once

#include "engine/signal/half_band_cascade.h"
#include "engine/signal/resampler.h"

namespace tonecast {

/// How the sample rate is converted.
enum class Resampling {
    linear_phase, // every frequency equally late, so it has to look ahead
    low_latency,  // between rates of 1 : 2, 4 or 8: bends phases towards the end of the band
};

/// A Resampler, or in its place filters that do not look ahead.
class RateConverter {
public:
    void prepare(int input_rate_hz, int output_rate_hz, int channels, int max_input_samples,
                 Resampling resampling) {
        looks_ahead_ = resampling == Resampling::linear_phase ||
                       !HalfBandCascade::converts(input_rate_hz, output_rate_hz);
        if (looks_ahead_)
            resampler_.prepare(input_rate_hz, output_rate_hz, channels, max_input_samples);
        else
            cascade_.prepare(input_rate_hz, output_rate_hz, channels, max_input_samples);
    }
    void reset() noexcept {
        resampler_.reset();
        cascade_.reset();
    }
    int lookahead_samples() const noexcept {
        return looks_ahead_ ? resampler_.lookahead_samples() : cascade_.lookahead_samples();
    }
    int max_output_samples(int n) const noexcept {
        return looks_ahead_ ? resampler_.max_output_samples(n) : cascade_.max_output_samples(n);
    }
    int process(const AudioBuffer& in, int n, AudioBuffer& out) noexcept {
        return looks_ahead_ ? resampler_.process(in, n, out) : cascade_.process(in, n, out);
    }

private:
    bool looks_ahead_ = true;
    Resampler resampler_;
    HalfBandCascade cascade_;
};

} // namespace tonecast
