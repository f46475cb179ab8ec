#pragma once

#include "engine/filter/kernel.h"
#include "engine/signal/audio_buffer.h"

#include <span>
#include <vector>

namespace tonecast {

/// A FIR filter for each channel that changes with time: from hop to hop it fades in a straight
/// line from the old one to the new. It begins as one that lets everything pass.
///
/// Convolved directly: no latency, no bursts. Filters of the one tap 1 are not computed, so what
/// passes them stays as it is, bit for bit.
class CrossfadingFilter {
public:
    /// Control thread. `max_samples` is what process() is given at most.
    void prepare(int channels, int taps, int max_samples);

    // Audio thread.

    /// Begins a new stream.
    void reset() noexcept;

    /// From the next sample on: within `hop_samples` to these filters, of `taps` each, one for all
    /// channels or one each. Empty: what was faded to stays.
    void begin_hop(std::span<const float> filters, int hop_samples) noexcept;

    /// n samples from position `from` on, to the start of `out`; no more than are left of the hop.
    void process(const AudioBuffer& in, int from, AudioBuffer& out, int n) noexcept;

private:
    void hear(const AudioBuffer& in, int from, int n) noexcept;

    const filter::Kernel* kernel_ = nullptr;
    int taps_ = 0;
    AudioBuffer old_; // per channel
    AudioBuffer new_;
    std::vector<char> passes_; // per channel: both let everything pass
    bool fading_ = false;
    int hop_samples_ = 1;
    int in_hop_ = 0;
    std::vector<float> share_; // of the new filter, in the samples that are played

    AudioBuffer heard_; // taps_ − 1 samples of the past, and what has come since
    int heard_samples_ = 0;
};

} // namespace tonecast
