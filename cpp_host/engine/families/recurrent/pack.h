#pragma once

#include "engine/families/recurrent/kernel.h"
#include "engine/signal/aligned_floats.h"

#include <cstddef>
#include <span>
#include <vector>

namespace tonecast::recurrent {

/// A layer's weights as PyTorch has them: see load.h.
struct LayerWeights {
    Step step = Step::dense;
    Shape shape = Shape::none;
    int ins = 1;
    int outs = 1;
    std::vector<float> of_input;  // [gates · outs, ins]
    std::vector<float> of_hidden; // [gates · outs, outs]
    std::vector<float> bias_input;
    std::vector<float> bias_hidden;
    std::vector<float> hidden; // initial, [outs]
    std::vector<float> cell;
};

/// Layers, arranged for a kernel.
class Packed {
public:
    Packed(const std::vector<LayerWeights>& layers, const Kernel& kernel);

    std::span<const LayerPlan> plans() const noexcept { return plans_; }
    const float* weights() const noexcept { return weights_.span().data(); }

    /// Of one copy of a channel's state, in the order of the plans: hidden, then cell, of each.
    std::span<const float> initial() const noexcept { return initial_; }

    /// Of the widest row.
    int row_floats() const noexcept { return row_floats_; }

private:
    std::vector<LayerPlan> plans_;
    AlignedFloats weights_;
    std::vector<float> initial_;
    int row_floats_ = 0;
};

} // namespace tonecast::recurrent
