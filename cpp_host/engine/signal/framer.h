#pragma once

#include "engine/signal/audio_buffer.h"
#include "engine/signal/window.h"

#include <span>
#include <vector>

namespace tonecast {

/// Cuts the stream into overlapping, windowed frames: frame k covers the samples
/// [k·hop − frame_size, k·hop), the first ones begin in the silence before the stream.
class Framer {
public:
    void prepare(int channels, int frame_size, int hop_size, Window analysis);
    void reset() noexcept;

    /// Takes up to n samples of `in` from position `from`, no more than end the hop; returns how
    /// many.
    int push(const AudioBuffer& in, int from, int n) noexcept;

    /// A whole hop has come since the last frame.
    bool full() const noexcept { return fresh_samples_ == hop_size_; }

    /// Writes the windowed frame, channel after channel, and begins the next hop.
    void pop(std::span<float> frame) noexcept;

private:
    int frame_size_ = 0;
    int hop_size_ = 0;
    int fresh_samples_ = 0;
    std::vector<float> window_;
    AudioBuffer recent_; // the last frame_size samples; the fresh hop fills its end
};

} // namespace tonecast
