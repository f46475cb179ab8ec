#pragma once

#include "engine/convolution/skew_transform.h"
#include "engine/signal/aligned_floats.h"

#include <span>

namespace tonecast {

/// Part of an impulse response, cut into partitions of a transform's size, as their spectra.
class LevelResponse {
public:
    /// Control thread; `taps` is not empty. Allocates.
    LevelResponse(const SkewTransform& transform, std::span<const float> taps);

    int partitions() const noexcept { return partitions_; }
    Complexes partition(int index) const noexcept { return complexes(spectra_, size_, index); }

    /// Of several spectra that lie one after the other, one.
    static Complexes complexes(const AlignedFloats& spectra, int size, int index) noexcept {
        float* const re = spectra.span().data() + std::ptrdiff_t{2} * size * index;
        return {re, re + size};
    }

private:
    int size_;
    int partitions_;
    AlignedFloats spectra_;
};

} // namespace tonecast
