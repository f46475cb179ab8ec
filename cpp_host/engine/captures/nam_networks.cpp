#include "engine/captures/nam_networks.h"

#include "engine/captures/nam_wavenet.h"
#include "engine/captures/reading.h"
#include "engine/families/recurrent/config.h"
#include "engine/families/wavenet/config.h"
#include "engine/families/weight_source.h"

#include <algorithm>
#include <cstddef>

namespace tonecast::captures {

namespace {

std::size_t size(int value) {
    return static_cast<std::size_t>(value);
}

void append(std::vector<float>& all, const std::vector<float>& more) {
    all.insert(all.end(), more.begin(), more.end());
}

/// Convolution and batch normalisation of a block of a ConvNet, as one convolution with a bias.
class NormalisedBlock {
public:
    NormalisedBlock(FlatWeights& weights, int index, int inputs, int channels)
        : rows_(size(channels)), columns_(size(inputs) * 2) {
        const std::string name = "block " + std::to_string(index + 1);
        taps_ = weights.take(name, {rows_, columns_});
        const auto mean = weights.take(name, {rows_});
        const auto variance = weights.take(name, {rows_});
        const auto scale = weights.take(name, {rows_});
        const auto shift = weights.take(name, {rows_});
        const double floor = weights.take(name, {1})[0];
        for (std::size_t row = 0; row < rows_; ++row) {
            const double deviation = std::sqrt(double{variance[row]} + floor);
            if (!(deviation > 0.0))
                throw Error("capture: " + name + " has a batch normalisation by zero");
            const double gain = scale[row] / deviation;
            for (std::size_t i = row * columns_; i < (row + 1) * columns_; ++i)
                taps_[i] = static_cast<float>(taps_[i] * gain);
            biases_.push_back(static_cast<float>(shift[row] - mean[row] * gain));
        }
    }

    void append_to(std::vector<float>& all) const {
        append(all, taps_);
        append(all, biases_);
    }

private:
    std::size_t rows_;
    std::size_t columns_;
    std::vector<float> taps_;
    std::vector<float> biases_;
};

} // namespace

NetworkFile read_nam_lstm(const Json& config, const std::vector<float>& weights,
                          int prewarm_samples) {
    const Fields fields(config, "\"config\"");
    const int cells = fields.integer("hidden_size", 1, max_size);
    const int layers = fields.integer("num_layers", 1, 16);
    int inputs = fields.integer("input_size", 1, 1);
    recurrent::Recurrent network{{}, false, 1.0F, 1.0F, prewarm_samples};
    FlatWeights source(weights);
    std::vector<float> sorted;
    for (int i = 0; i < layers; ++i) {
        network.layers.push_back({recurrent::Kind::lstm, inputs, cells});
        const std::size_t gates = 4 * size(cells);
        const std::size_t columns = size(inputs + cells);
        const std::string name = "layer " + std::to_string(i + 1);
        const auto both = source.take(name, {gates, columns}); // of the input, then of the state
        const auto bias = source.take(name, {gates});
        for (const auto& [first, count] :
             {std::pair{std::size_t{0}, size(inputs)}, std::pair{size(inputs), size(cells)}})
            for (std::size_t row = 0; row < gates; ++row)
                for (std::size_t column = first; column < first + count; ++column)
                    sorted.push_back(both[row * columns + column]);
        append(sorted, bias);
        append(sorted, std::vector<float>(gates)); // PyTorch has two biases, the file their sum
        append(sorted, source.take(name, {size(cells)})); // hidden
        append(sorted, source.take(name, {size(cells)})); // cell
        inputs = cells;
    }
    network.layers.push_back({recurrent::Kind::dense, cells, 1});
    append(sorted, source.take("head", {size(cells)}));
    append(sorted, source.take("head", {1}));
    source.none_left();
    return {"recurrent", write(network), std::move(sorted)};
}

NetworkFile read_nam_convnet(const Json& config, const std::vector<float>& weights) {
    const Fields fields(config, "\"config\"");
    wavenet::ConvNet network{fields.integer("channels", 1, max_size),
                             fields.integers("dilations", 1, 1 << 20),
                             fields.has("groups") ? fields.integer("groups", 1, max_size) : 1,
                             read_nam_activation(fields.required("activation"), "\"activation\"")};
    if (!fields.flag("batchnorm"))
        return {"convnet", write(network), weights};
    FlatWeights source(weights);
    std::vector<float> folded;
    for (std::size_t i = 0; i < network.dilations.size(); ++i) {
        const int inputs = (i == 0 ? 1 : network.channels) / network.groups;
        NormalisedBlock(source, static_cast<int>(i), inputs, network.channels).append_to(folded);
    }
    append(folded, source.take("head", {size(network.channels)}));
    append(folded, source.take("head", {1}));
    source.none_left();
    return {"convnet", write(network), std::move(folded)};
}

NetworkFile read_nam_linear(const Json& config, const std::vector<float>& weights) {
    const Fields fields(config, "\"config\"");
    const wavenet::Linear network{fields.integer("receptive_field", 1, 1 << 17),
                                  fields.flag("bias")};
    // NAM's core plays the first weight with the newest sample, convolutions the last one.
    std::vector<float> turned = weights;
    const std::size_t taps = std::min(turned.size(), size(network.receptive_field));
    std::reverse(turned.begin(), turned.begin() + static_cast<std::ptrdiff_t>(taps));
    return {"linear", write(network), std::move(turned)};
}

} // namespace tonecast::captures
