#pragma once

#include "engine/signal/audio_buffer.h"
#include "engine/signal/window.h"

#include <span>
#include <vector>

namespace tonecast {

/// Adds overlapping frames up to a stream again. An unchanged frame gives back its own samples.
class OverlapAdd {
public:
    /// `late_samples` is by how much frames arrive later than they end.
    void prepare(int channels, int frame_size, int hop_size, int late_samples, Window analysis,
                 Window synthesis);
    void reset() noexcept;

    /// Adds a frame times a gain, channel after channel. Samples that no later frame reaches are
    /// final: writes them to the start of `out` and returns how many. That is a hop, but fewer at
    /// first, where they lie in the silence before the stream.
    int process(std::span<const float> frame, float gain, AudioBuffer& out) noexcept;

private:
    int frame_size_ = 0;
    int hop_size_ = 0;
    int late_samples_ = 0;
    std::vector<float> window_; // synthesis window × overlap-add gain
    AudioBuffer sum_;           // the frame's span; its last hop is not yet touched by any frame
    int before_stream_samples_ = 0; // final samples still to come that lie before the stream
};

} // namespace tonecast
