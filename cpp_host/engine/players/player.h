#pragma once

#include "engine/inference/frame_executor.h"
#include "engine/inference/played_by.h"
#include "engine/signal/audio_buffer.h"

namespace tonecast {

/// What a player made of some samples.
struct Played {
    int taken = 0;           // of the samples that were offered
    bool has_played = false; // the model ran; not yet, where a frame is still filling
    int final_samples = 0;   // that no later ones will change: the first of out()
    float excess = 1.0F;     // how far, as a ratio, they may be beyond the model's trained level
    bool has_held = false;   // the model to what it may ask for
};

/// The model's place in a stream: takes samples at the model's rate, and gives as many, later.
class Player {
public:
    virtual ~Player() = default;

    /// How many samples later, at most, what went in is final, the model's own delay apart: see
    /// docs/latency.md.
    virtual int wait_samples() const noexcept = 0;

    /// The most that play() makes final at once.
    virtual int max_final_samples() const noexcept = 0;

    // Audio thread; neither allocates nor locks, as far as the model's backend does not.

    /// Begins a new stream.
    virtual void reset() noexcept = 0;

    /// Where the model has a side-chain, `in` has its channels after the input's.
    /// Takes samples from `from` on, at least one of n ≥ 1 and as many as the model wants at once.
    virtual Played play(const AudioBuffer& in, int from, int n) noexcept = 0;

    /// Valid until play() is called again.
    virtual const AudioBuffer& out() const noexcept = 0;

    // Any thread.
    virtual const FrameCounts& counts() const noexcept = 0;
    virtual bool missing_realtime_priority() const noexcept { return false; }
    virtual PlayedBy played_by() const = 0;
};

} // namespace tonecast
