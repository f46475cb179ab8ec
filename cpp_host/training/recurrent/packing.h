#pragma once

#include "engine/families/recurrent/config.h"
#include "engine/signal/aligned_floats.h"
#include "training/recurrent/kernel.h"

#include <array>
#include <span>
#include <vector>

namespace tonecast::training::recurrent {

/// Weights of the flat list, which is that of `models/families/recurrent`, as kernels read them.
///
/// Forwards in tiles of as many outputs as there is room for the sums of their blocks, and then of
/// half as many and so on, as the layer ends: the biases of a tile's rows, then for each input, and
/// each hidden one, the weights of those rows that hear it. Backwards row by row.
class Packing {
public:
    Packing(const std::vector<LayerPlan>& layers, int tile_rows);

    int parameters() const { return parameters_; }
    void pack(std::span<const float> flat);

    const float* forward() const { return forward_.span().data(); }
    const float* backward() const { return backward_.span().data(); }

    /// Of the last pack(): what each state begins with, layer after layer, hidden before cell.
    std::span<const float> initial() const { return initial_; }

    /// How many gradients, with those that biases have apart, Kernel::backward() sums up.
    std::size_t sums() const { return backward_.span().size(); }
    /// The gradient of the flat list, from `lanes` sums each. That of initial states is zero.
    void unpack(const float* sums, int lanes, std::span<float> gradient) const;

private:
    /// A gate's rows, by what they hear: see LayerPlan.
    struct Block {
        int of_input = -1; // PyTorch's gate; -1: hears none
        int of_hidden = -1;
        float part = 1.0F; // kernels want half of what a sigmoid gets
    };
    struct Layer {
        LayerPlan plan;
        std::vector<Block> blocks;
        int flat; // where it begins
        int gates;
        int kept; // states, of which a dense layer has none

        int of_hidden() const { return flat + gates * plan.outs * plan.ins; }
        int input_bias() const {
            return of_hidden() + (kept > 0 ? gates * plan.outs * plan.outs : 0);
        }
        int hidden_bias() const { return input_bias() + gates * plan.outs; }
        int states() const { return hidden_bias() + (kept > 0 ? gates * plan.outs : 0); }
        int end() const { return states() + kept * plan.outs; }
    };

    void pack_tile(const Layer& layer, std::span<const float> flat, int first, int width,
                   float*& to) const;
    template <typename Use>
    static void for_each_row(const Layer& layer, Use use);

    std::vector<Layer> layers_;
    int tile_rows_;
    int parameters_ = 0;
    AlignedFloats forward_;
    AlignedFloats backward_;
    std::vector<float> initial_;
};

} // namespace tonecast::training::recurrent
