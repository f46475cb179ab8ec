#pragma once

#include "engine/chain/mid_side.h"
#include "engine/signal/audio_buffer.h"
#include "engine/signal/finite.h"

namespace tonecast {

/// The second sound of a model that listens to two: what the host gives, or, where it gives none,
/// the input itself, as the model gets it. Input gain and noise gate are of the input alone; middle
/// and sides are of both.
///
/// From here on both are channels of one buffer, the second sound's after the input's: whatever
/// converts rates or makes frames keeps them aligned, to the sample.
class Sidechain {
public:
    /// Control thread. For inputs of so many channels; until then there is none.
    void prepare(int sample_rate_hz, int channels, int max_samples);

    bool is_there() const noexcept { return both_.channels() > 0; }

    // Audio thread.

    /// n samples from position `at` on of what the host gives; null: those of `input`.
    SilencedSamples take(const float* const* given, int at, const AudioBuffer& input,
                         int n) noexcept;

    /// The n samples that were taken, below those of the input.
    const AudioBuffer& below(const AudioBuffer& input, int n) noexcept;

    MidSide to_mid_side{MidSide::Way::encode};

private:
    AudioBuffer samples_;
    AudioBuffer both_;
};

} // namespace tonecast
