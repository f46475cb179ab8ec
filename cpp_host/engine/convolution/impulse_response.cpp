#include "engine/convolution/impulse_response.h"

#include "engine/error.h"
#include "engine/signal/finite.h"
#include "engine/signal/rate_ratio.h"
#include "engine/signal/resampler.h"

#include <algorithm>
#include <cmath>
#include <span>
#include <string>
#include <utility>

namespace tonecast {

namespace {

constexpr double reference_rate_hz = 48000.0; // at which a normalised response has an energy of 1

std::span<float> of_channel(AudioBuffer& samples, int channel) {
    return {samples.channel(channel), static_cast<std::size_t>(samples.samples())};
}

/// Of a channel, on average; throws Error for what cannot be convolved with.
double checked_energy(AudioBuffer& samples, int sample_rate_hz) {
    if (samples.channels() < 1 || samples.channels() > 2)
        throw Error("an impulse response of " + std::to_string(samples.channels()) +
                    " channels cannot be played; give one with 1 or 2");
    if (sample_rate_hz < 8000 || sample_rate_hz > 384000)
        throw Error("an impulse response at " + std::to_string(sample_rate_hz) +
                    " Hz cannot be played; give one at 8000 to 384000 Hz");
    if (samples.samples() > ImpulseResponse::max_s * sample_rate_hz)
        throw Error("the impulse response is longer than 10 s; shorten it");
    double energy = 0.0;
    for (int c = 0; c < samples.channels(); ++c) {
        if (!is_finite(of_channel(samples, c)))
            throw Error("the impulse response holds numbers that are no audio; export it again");
        for (const float sample : of_channel(samples, c))
            energy += static_cast<double>(sample) * sample;
    }
    if (!(energy > 0.0))
        throw Error("the impulse response is silent; choose another file");
    return energy / samples.channels();
}

void scale(AudioBuffer& samples, double gain) {
    for (int c = 0; c < samples.channels(); ++c)
        for (float& sample : of_channel(samples, c))
            sample = static_cast<float>(gain * sample);
}

} // namespace

ImpulseResponse::ImpulseResponse(AudioBuffer samples, int sample_rate_hz, bool normalise)
    : samples_(std::move(samples)), sample_rate_hz_(sample_rate_hz) {
    const double energy = checked_energy(samples_, sample_rate_hz);
    // At twice the rate the same response has half the energy.
    if (normalise)
        scale(samples_, std::sqrt(reference_rate_hz / sample_rate_hz / energy));
}

AudioBuffer ImpulseResponse::at_rate(int sample_rate_hz) const {
    if (sample_rate_hz == sample_rate_hz_)
        return samples_;
    const int length = samples_.samples();
    const RateRatio ratio(sample_rate_hz_, sample_rate_hz);
    Resampler resampler;
    resampler.prepare(sample_rate_hz_, sample_rate_hz, samples_.channels(), 1);
    // Silence for the filter to ring in, a whole number of samples at both rates, and to ring out.
    const int steps = (resampler.lookahead_samples() + ratio.down - 1) / ratio.down;
    const int before = steps * ratio.down;
    AudioBuffer padded;
    padded.resize(samples_.channels(), before + length + 2 * resampler.lookahead_samples());
    for (int c = 0; c < samples_.channels(); ++c)
        std::copy_n(samples_.channel(c), length, padded.channel(c) + before);

    resampler.prepare(sample_rate_hz_, sample_rate_hz, samples_.channels(), padded.samples());
    AudioBuffer converted;
    converted.resize(samples_.channels(), resampler.max_output_samples(padded.samples()));
    const int written = resampler.process(padded, padded.samples(), converted);
    const int first = steps * ratio.up;
    AudioBuffer taps;
    taps.resize(samples_.channels(), written - first);
    for (int c = 0; c < samples_.channels(); ++c) {
        const float* const onset = converted.channel(c) + first;
        for (int i = 0; i < taps.samples(); ++i) // what rings in, after the onset instead
            taps.channel(c)[i] = onset[i] + (i > 0 && i <= first ? onset[-i] : 0.0F);
    }
    // Its samples are closer together, or farther apart, and stand for less or more of the
    // integral.
    scale(taps, static_cast<double>(sample_rate_hz_) / sample_rate_hz);
    return taps;
}

} // namespace tonecast
