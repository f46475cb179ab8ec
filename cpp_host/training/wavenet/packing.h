#pragma once

#include "training/wavenet/kernel.h"
#include "training/wavenet/tape.h"

#include <span>
#include <vector>

namespace tonecast::training::wavenet {

/// Filters of the flat list, [out, in, tap], as kernels read them.
class Packing {
public:
    explicit Packing(const Tape& tape);

    /// Copies `flat`, and what else there is of it.
    void pack(std::span<const float> flat);

    Weights weights() const { return {flat_.data(), forward_.data(), backward_.data()}; }

    /// The gradient of the flat list, from so many sums a weight, see Kernel::backward().
    void unpack(const float* sums, int lanes, std::span<float> gradient) const;

private:
    struct Shape {
        int begin;
        int outs;
        int ins;
        int taps;
    };

    std::vector<Shape> filters_;
    std::vector<float> flat_;
    std::vector<float> forward_;
    std::vector<float> backward_;
};

} // namespace tonecast::training::wavenet
