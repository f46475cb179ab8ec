#pragma once

#include "engine/effect_file/contract.h"
#include "engine/signal/audio_buffer.h"

#include <span>
#include <vector>

namespace tonecast {

/// Adds overlapping frames up to a stream again. An unchanged frame gives back its own samples.
class OverlapAdd {
public:
    void prepare(int channels, int frame_size, int hop_size, Window analysis, Window synthesis);
    void reset() noexcept;

    /// Adds a frame, channel after channel. After it hop_size samples are final: writes them to
    /// `hop` and moves on.
    void process(std::span<const float> frame, AudioBuffer& hop) noexcept;

private:
    int frame_size_ = 0;
    int hop_size_ = 0;
    std::vector<float> window_; // synthesis window × overlap-add gain
    AudioBuffer sum_;           // the frame's span; its last hop is not yet touched by any frame
};

} // namespace tonecast
