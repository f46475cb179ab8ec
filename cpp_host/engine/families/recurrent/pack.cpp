#include "engine/families/recurrent/pack.h"

#include <algorithm>

namespace tonecast::recurrent {

namespace {

std::size_t size(int value) {
    return static_cast<std::size_t>(value);
}

/// Writes weights in the order in which compiled/cells.h takes them.
class Writer {
public:
    Writer(const LayerWeights& layer, int lanes, std::vector<float>& all)
        : layer_(layer), lanes_(lanes), all_(all) {}

    void write_cells(int vectors) {
        for (first_ = 0; first_ < vectors * lanes_; first_ += width_ * lanes_) {
            width_ = std::min(vectors - first_ / lanes_, most_vectors);
            write_tile();
        }
    }

    /// Of a layer without gates, vector by vector; of one with a single output, as a row.
    void write_dense(int vectors) {
        if (layer_.outs == 1) {
            all_.insert(all_.end(), size(lanes_), layer_.bias_input[0]);
            const std::size_t end = all_.size() + (layer_.of_input.size() + size(lanes_) - 1) /
                                                      size(lanes_) * size(lanes_);
            all_.insert(all_.end(), layer_.of_input.begin(), layer_.of_input.end());
            all_.resize(end);
            return;
        }
        width_ = 1;
        for (first_ = 0; first_ < vectors * lanes_; first_ += lanes_) {
            column(layer_.bias_input, 1, 0, 1);
            for (int k = 0; k < layer_.ins; ++k)
                column(layer_.of_input, layer_.ins, k, 1);
        }
    }

private:
    void write_tile() {
        const int gates = layer_.step == Step::lstm ? 4 : 3;
        if (layer_.step == Step::lstm) {
            std::vector<float> bias = layer_.bias_input;
            for (std::size_t i = 0; i < bias.size(); ++i)
                bias[i] += layer_.bias_hidden[i];
            column(bias, 1, 0, gates);
        } else {
            column(layer_.bias_input, 1, 0, gates);
            column(layer_.bias_hidden, 1, 0, gates);
        }
        for (int k = 0; k < layer_.ins; ++k)
            column(layer_.of_input, layer_.ins, k, gates);
        for (int k = 0; k < layer_.outs; ++k)
            column(layer_.of_hidden, layer_.outs, k, gates);
        if (width_ == 1 && layer_.outs % 2 != 0) // two chains of sums
            all_.resize(all_.size() + size(gates * lanes_));
    }

    /// The tile's rows of a column of a matrix, gate after gate; zeros beyond the last cell. The
    /// kernel wants half of what a sigmoid gets, which is exact.
    void column(const std::vector<float>& matrix, int columns, int index, int gates) {
        for (int gate = 0; gate < gates; ++gate) {
            const float part = gates > 1 && gate != 2 ? 0.5F : 1.0F;
            for (int cell = first_; cell < first_ + width_ * lanes_; ++cell)
                all_.push_back(cell < layer_.outs
                                   ? part *
                                         matrix[size((gate * layer_.outs + cell) * columns + index)]
                                   : 0.0F);
        }
    }

    const LayerWeights& layer_;
    int lanes_;
    std::vector<float>& all_;
    int first_ = 0; // cell of the tile
    int width_ = 1; // in vectors
};

} // namespace

Packed::Packed(const std::vector<LayerWeights>& layers, const Kernel& kernel) {
    std::vector<float> weights;
    for (const LayerWeights& layer : layers) {
        const int vectors = (layer.outs + kernel.lanes - 1) / kernel.lanes;
        const int row_floats = vectors * kernel.lanes;
        row_floats_ = std::max({row_floats_, row_floats,
                                (layer.ins + kernel.lanes - 1) / kernel.lanes * kernel.lanes});
        plans_.push_back({layer.step, layer.shape, layer.ins, layer.outs, vectors, weights.size(),
                          initial_.size()});
        Writer writer(layer, kernel.lanes, weights);
        if (layer.step == Step::dense) {
            writer.write_dense(vectors);
            continue;
        }
        writer.write_cells(vectors);
        for (std::vector<float> state : {layer.hidden, layer.cell}) {
            state.resize(size(row_floats)); // a gru's cell is not used
            initial_.insert(initial_.end(), state.begin(), state.end());
        }
    }
    weights_ = AlignedFloats(weights.size());
    std::ranges::copy(weights, weights_.span().begin());
}

} // namespace tonecast::recurrent
