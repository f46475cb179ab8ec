#pragma once

#include "engine/signal/audio_buffer.h"
#include "engine/signal/fifo.h"

#include <algorithm>

namespace tonecast {

/// What is heard where a model with a delay of its own has nothing to give: its input, as late as
/// its answers. What the model has missed is missing from its answers one delay later, so the dry
/// sound stays until they have passed.
class LateDry {
public:
    /// `behind_samples` is by how much the answers are given out later than the model's own delay,
    /// `max_samples` how many of the input are pushed before a pop.
    void prepare(int channels, int delay_samples, int behind_samples, int max_samples) {
        delay_samples_ = delay_samples;
        line_.prepare(channels, delay_samples + behind_samples, max_samples);
        dry_.resize(channels, max_samples);
        reset();
    }
    void reset() noexcept {
        line_.reset();
        missing_samples_ = 0;
    }

    /// Takes n samples that the model gets, from position `from` on.
    void push(const AudioBuffer& in, int from, int n) noexcept { line_.push(in, n, from); }

    /// What is dry of the model's next n answers; valid until the next call.
    const AudioBuffer& pop(int n) noexcept {
        line_.pop(dry_, n);
        return dry_;
    }

    /// How many of the next answers lack what the model has missed.
    int missing_samples() const noexcept { return missing_samples_; }

    /// Whether the next n answers are to be dry; `missed` says that the model has failed on what
    /// went in for them.
    bool stands_in(bool missed, int n) noexcept {
        const bool missing = missing_samples_ > 0;
        missing_samples_ = missed ? delay_samples_ : std::max(0, missing_samples_ - n);
        return missed || missing;
    }

private:
    Fifo line_;
    AudioBuffer dry_;
    int delay_samples_ = 0;
    int missing_samples_ = 0;
};

} // namespace tonecast
