#pragma once

#include <span>

namespace tonecast::training {

/// Segments of a recording that are played side by side, each of them `samples` long. What is
/// wanted of them is all but the first `warm_samples`.
struct Batch {
    std::span<const float> sound;      // one segment behind the other
    std::span<const float> conditions; // likewise, as many for each as the network has
    int segments = 1;
    int samples = 1;
    int warm_samples = 0;

    int wanted_samples() const { return samples - warm_samples; }
    std::span<const float> segment(std::size_t i) const {
        const auto each = static_cast<std::size_t>(samples);
        return sound.subspan(i * each, each);
    }
};

} // namespace tonecast::training
