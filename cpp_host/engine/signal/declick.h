#pragma once

#include "engine/signal/audio_buffer.h"

#include <vector>

namespace tonecast {

/// Joins hops that come from different sources, the model or the dry signal, where frames do not
/// overlap and so do not fade into each other by themselves: what a hop starts off by is added to
/// it, fading away in a straight line.
class Declick {
public:
    void prepare(int channels, int fade_samples);
    void reset() noexcept;

    /// Passes n samples on; `discontinuity` says that they come from another source than those
    /// before.
    void process(AudioBuffer& hop, int n, bool discontinuity) noexcept;

private:
    struct Channel {
        float last = 0.0F; // sample that was passed on
        float step = 0.0F; // between the sources at the last discontinuity
    };

    int fade_samples_ = 1;
    int left_ = 0; // of the fade
    std::vector<Channel> channels_;
};

} // namespace tonecast
