#pragma once

#include "engine/convolution/real_transform.h"

#include <cstddef>
#include <span>
#include <vector>

namespace tonecast::resonances {

/// A frame's power spectrum. Where a loud tone leaves a bin as good as empty, rounding in single
/// precision would be heard in the cuts around it: hence doubles, which take no longer here.
class FramePower {
public:
    /// Control thread. Frames are all as long, and no longer than the transform: they are padded
    /// with zeros.
    explicit FramePower(int transform_size);

    std::size_t bins() const noexcept { return re_.size(); }

    /// frame [frame size] → power [bins], half of the squared magnitudes. Does not allocate.
    void compute(std::span<const float> frame, std::span<float> power) noexcept;

private:
    PreciseRealTransform transform_;
    std::vector<double> samples_; // the frame, then zeros
    std::vector<double> re_;
    std::vector<double> im_;
};

} // namespace tonecast::resonances
