#pragma once

#include "engine/signal/audio_buffer.h"

namespace tonecast {

/// What a loudspeaker cabinet, or a room, answers to a click.
class ImpulseResponse {
public:
    static constexpr double max_s = 10.0;

    /// Control thread. `samples` has 1 channel, for every channel of the stream, or 2, for the left
    /// and the right; more than two channels of a stream take turns. Nothing is cut off, be it
    /// silent or not.
    ///
    /// `normalise` scales it so that white noise up to 24 kHz comes out as loud as it goes in, both
    /// channels taken together: an energy of 1 at 48 kHz, and the same response at other rates.
    ///
    /// Throws Error for what is empty, silent, longer than max_s, or no audio.
    ImpulseResponse(AudioBuffer samples, int sample_rate_hz, bool normalise = true);

    /// Control thread. As it is to be convolved with at another rate: the same response at every
    /// frequency that both have. What the filter that converts the rate rings before the first
    /// sample, where nothing may sound, sounds as long after it: so even a click keeps its response
    /// within 0.1 dB up to 5 kHz and 0.4 dB up to 10 kHz. Allocates.
    AudioBuffer at_rate(int sample_rate_hz) const;

private:
    AudioBuffer samples_;
    int sample_rate_hz_;
};

} // namespace tonecast
