#pragma once

#include "engine/signal/audio_buffer.h"

#include <algorithm>
#include <cassert>

namespace tonecast {

/// First in, first out, one thread. Primed with silence it is a delay line: where push and pop
/// alternate with equal counts, samples come out as many samples late as it was primed with.
class Fifo {
public:
    /// Room for `delay` samples of silence and `headroom` more that are pushed before a pop.
    void prepare(int channels, int delay_samples, int headroom_samples) {
        delay_samples_ = delay_samples;
        ring_.resize(channels, delay_samples + headroom_samples);
        reset();
    }

    void reset() noexcept {
        ring_.clear();
        read_at_ = 0;
        held_ = delay_samples_;
    }

    /// Takes n samples of `in` from position `from` on.
    void push(const AudioBuffer& in, int n, int from = 0) noexcept {
        assert(held_ + n <= ring_.samples());
        const int write_at = (read_at_ + held_) % ring_.samples();
        const int straight = std::min(n, ring_.samples() - write_at);
        for (int c = 0; c < ring_.channels(); ++c) {
            const float* const samples = in.channel(c) + from;
            std::copy_n(samples, straight, ring_.channel(c) + write_at);
            std::copy_n(samples + straight, n - straight, ring_.channel(c));
        }
        held_ += n;
    }

    void pop(AudioBuffer& out, int n) noexcept {
        assert(n <= held_);
        const int straight = std::min(n, ring_.samples() - read_at_);
        for (int c = 0; c < ring_.channels(); ++c) {
            std::copy_n(ring_.channel(c) + read_at_, straight, out.channel(c));
            std::copy_n(ring_.channel(c), n - straight, out.channel(c) + straight);
        }
        read_at_ = (read_at_ + n) % ring_.samples();
        held_ -= n;
    }

private:
    AudioBuffer ring_;
    int delay_samples_ = 0;
    int read_at_ = 0;
    int held_ = 0;
};

} // namespace tonecast
