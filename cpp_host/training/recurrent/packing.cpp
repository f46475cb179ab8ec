#include "training/recurrent/packing.h"

#include <algorithm>
#include <numeric>

namespace tonecast::training::recurrent {

namespace {

std::size_t size(std::ptrdiff_t value) {
    return static_cast<std::size_t>(value);
}

} // namespace

Packing::Packing(const std::vector<LayerPlan>& layers, int tile_rows) : tile_rows_(tile_rows) {
    static const std::vector<Block> dense{{0, -1, 1.0F}};
    static const std::vector<Block> lstm{{0, 0, 0.5F}, {1, 1, 0.5F}, {2, 2, 1.0F}, {3, 3, 0.5F}};
    static const std::vector<Block> gru{{2, -1, 1.0F}, {0, 0, 0.5F}, {1, 1, 0.5F}, {-1, 2, 1.0F}};
    std::size_t states = 0;
    for (const LayerPlan& plan : layers) {
        const bool is_dense = plan.step == Step::dense;
        const bool is_lstm = plan.step == Step::lstm;
        const int gates = is_dense ? 1 : is_lstm ? 4 : 3;
        const int kept = is_dense ? 0 : is_lstm ? 2 : 1;
        layers_.push_back({plan,
                           is_dense  ? dense
                           : is_lstm ? lstm
                                     : gru,
                           parameters_, gates, kept});
        parameters_ = layers_.back().end();
        states += size(kept * plan.outs);
    }
    const std::size_t weights = size(layers.back().biases() + layers.back().rows);
    forward_ = AlignedFloats(weights);
    backward_ = AlignedFloats(weights);
    initial_.resize(states);
}

/// use(row of the backward weights, its count of columns, the flat list's row) for each row.
template <typename Use>
void Packing::for_each_row(const Layer& layer, Use use) {
    const LayerPlan& plan = layer.plan;
    std::ptrdiff_t at = plan.weights;
    for (const Block& block : layer.blocks)
        for (int i = 0; i < plan.outs && block.of_input >= 0; ++i, at += plan.ins)
            use(at, plan.ins, layer.flat + (block.of_input * plan.outs + i) * plan.ins);
    for (const Block& block : layer.blocks)
        for (int i = 0; i < plan.outs && block.of_hidden >= 0; ++i, at += plan.outs)
            use(at, plan.outs, layer.of_hidden() + (block.of_hidden * plan.outs + i) * plan.outs);
}

void Packing::pack_tile(const Layer& layer, std::span<const float> flat, int first, int width,
                        float*& to) const {
    const int outs = layer.plan.outs;
    const auto row = [&](int begin, int gate, int cell, int columns) {
        return flat.begin() + begin + (gate * outs + cell) * columns;
    };
    for (const Block& block : layer.blocks)
        for (int cell = first; cell < first + width; ++cell) {
            float bias = 0.0F;
            if (block.of_input >= 0)
                bias += *row(layer.input_bias(), block.of_input, cell, 1);
            if (block.of_hidden >= 0)
                bias += *row(layer.hidden_bias(), block.of_hidden, cell, 1);
            *to++ = block.part * bias;
        }
    for (int k = 0; k < layer.plan.ins; ++k)
        for (const Block& block : layer.blocks)
            for (int cell = first; cell < first + width && block.of_input >= 0; ++cell)
                *to++ = block.part * row(layer.flat, block.of_input, cell, layer.plan.ins)[k];
    for (int k = 0; k < outs; ++k)
        for (const Block& block : layer.blocks)
            for (int cell = first; cell < first + width && block.of_hidden >= 0; ++cell)
                *to++ = block.part * row(layer.of_hidden(), block.of_hidden, cell, outs)[k];
}

void Packing::pack(std::span<const float> flat) {
    float* to = forward_.span().data();
    auto state = initial_.begin();
    for (const Layer& layer : layers_) {
        const int most = tile_rows_ / static_cast<int>(layer.blocks.size());
        int width = most;
        for (int first = 0; first < layer.plan.outs; first += width) {
            while (width > layer.plan.outs - first)
                width /= 2;
            pack_tile(layer, flat, first, width, to);
        }
        for_each_row(layer, [&](std::ptrdiff_t at, int columns, int from) {
            std::copy_n(flat.begin() + from, columns, backward_.span().begin() + at);
        });
        state = std::copy(flat.begin() + layer.states(), flat.begin() + layer.end(), state);
    }
}

void Packing::unpack(const float* sums, int lanes, std::span<float> gradient) const {
    const auto sum = [&](std::ptrdiff_t index) {
        const float* const first = sums + index * lanes;
        return std::accumulate(first, first + lanes, 0.0F);
    };
    std::ranges::fill(gradient, 0.0F);
    for (const Layer& layer : layers_) {
        for_each_row(layer, [&](std::ptrdiff_t at, int columns, int to) {
            for (int k = 0; k < columns; ++k)
                gradient[size(to + k)] = sum(at + k);
        });
        std::ptrdiff_t bias = layer.plan.biases();
        for (const Block& block : layer.blocks)
            for (int i = 0; i < layer.plan.outs; ++i, ++bias) {
                if (block.of_input >= 0)
                    gradient[size(layer.input_bias() + block.of_input * layer.plan.outs + i)] =
                        sum(bias);
                if (block.of_hidden >= 0)
                    gradient[size(layer.hidden_bias() + block.of_hidden * layer.plan.outs + i)] =
                        sum(bias);
            }
    }
}

} // namespace tonecast::training::recurrent
