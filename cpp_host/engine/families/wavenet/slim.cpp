#include "engine/families/wavenet/slim.h"

#include "engine/error.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <string_view>
#include <utility>

namespace tonecast::wavenet {

namespace {

int pick(const std::vector<int>& allowed, float size) {
    const auto count = static_cast<double>(allowed.size());
    const double place = std::floor(static_cast<double>(size) * count);
    return allowed[static_cast<std::size_t>(std::clamp(place, 0.0, count - 1.0))];
}

void refuse_what_cannot_be_cut(const WaveNet& network) {
    const auto refuse = [](const std::string& what) {
        throw Error("a network with " + what + " has no smaller sizes; play it at its full size");
    };
    if (network.head)
        refuse("a head after its arrays");
    for (const LayerArray& array : network.arrays) {
        if (array.groups_input > 1 || array.groups_mixin > 1 ||
            (array.layer1x1 && array.layer1x1->groups > 1) ||
            (array.head1x1 && array.head1x1->groups > 1))
            refuse("groups of channels");
        if (array.head.kernel_size > 1)
            refuse("an array head of several taps");
        if (std::ranges::any_of(array.films, [](const auto& film) { return film.has_value(); }))
            refuse("FiLMs");
        if (std::ranges::any_of(array.layers,
                                [](const Layer& layer) { return layer.gating != Gating::none; }))
            refuse("gates");
    }
}

void cut(LayerArray& array, int channels) {
    array.bottleneck =
        array.layer1x1 ? std::max(1, array.bottleneck * channels / array.channels) : channels;
    array.channels = channels;
    for (Layer& layer : array.layers)
        if (layer.activation.slopes.size() > 1)
            layer.activation.slopes.resize(static_cast<std::size_t>(array.bottleneck));
}

int head_width(const LayerArray& array) {
    return array.head1x1 ? array.head1x1->out_channels : array.bottleneck;
}

/// The first rows and columns of [row, column, tap].
std::vector<float> first_of(const std::vector<float>& all, std::size_t columns,
                            std::size_t rows_kept, std::size_t columns_kept, std::size_t taps) {
    std::vector<float> kept;
    for (std::size_t row = 0; row < rows_kept; ++row) {
        const auto begin = all.begin() + static_cast<std::ptrdiff_t>(row * columns * taps);
        kept.insert(kept.end(), begin, begin + static_cast<std::ptrdiff_t>(columns_kept * taps));
    }
    return kept;
}

struct Size {
    std::string_view ending; // of the tensor's name within its array
    int rows;
    int columns;
};

} // namespace

WaveNet slim(const WaveNet& network, float size,
             const std::vector<std::vector<int>>& allowed_channels) {
    if (!(size >= 0.0F && size <= 1.0F))
        throw Error("a network's size must be 0 to 1");
    if (allowed_channels.size() != network.arrays.size())
        throw Error("there must be a list of allowed channels for each of the network's " +
                    std::to_string(network.arrays.size()) + " arrays");
    WaveNet smaller = network;
    bool is_cut = false;
    for (std::size_t a = 0; a < network.arrays.size(); ++a) {
        LayerArray& array = smaller.arrays[a];
        const std::vector<int>& allowed = allowed_channels[a];
        if (a > 0)
            array.input_size = smaller.arrays[a - 1].channels;
        if (allowed.empty())
            continue;
        if (!std::ranges::is_sorted(allowed) || allowed.front() < 1 ||
            allowed.back() != array.channels)
            throw Error("allowed channels must ascend from 1 at least to the array's " +
                        std::to_string(array.channels));
        const int channels = pick(allowed, size);
        if (a > 0)
            smaller.arrays[a - 1].head.out_channels = channels;
        is_cut = is_cut || channels != array.channels;
        cut(array, channels);
    }
    if (!is_cut)
        return network;
    refuse_what_cannot_be_cut(network);
    for (std::size_t a = 0; a + 1 < smaller.arrays.size(); ++a)
        if (smaller.arrays[a].head.out_channels != head_width(smaller.arrays[a + 1]))
            throw Error("a network whose layers add up other channels than go through them has no "
                        "smaller sizes; play it at its full size");
    return smaller;
}

SlimmedWeights::SlimmedWeights(WeightSource& weights, WaveNet larger)
    : weights_(weights), larger_(std::move(larger)) {}

std::vector<float> SlimmedWeights::take(const std::string& name,
                                        std::initializer_list<std::size_t> shape) {
    constexpr std::string_view arrays = "arrays.";
    if (!name.starts_with(arrays)) // the condition's and the scale stay as they are
        return weights_.take(name, shape);
    const LayerArray& array = larger_.arrays.at(std::stoul(name.substr(arrays.size())));
    const int head1x1_outs = array.head1x1 ? array.head1x1->out_channels : 0;
    const Size sizes[] = {
        {".rechannel", array.channels, array.input_size},
        {".conv", array.bottleneck, array.channels},
        {".mixin", array.bottleneck, array.condition_size},
        {".layer1x1", array.channels, array.bottleneck},
        {".head1x1", head1x1_outs, array.bottleneck},
        {".head", array.head.out_channels, head_width(array)},
    };
    const std::string_view stem = std::string_view(name).substr(0, name.rfind('.'));
    const auto* const size = std::ranges::find_if(
        sizes, [&](const Size& candidate) { return stem.ends_with(candidate.ending); });
    if (size == std::end(sizes))
        throw Error("the weights \"" + name + "\" cannot be made smaller");
    const auto rows = static_cast<std::size_t>(size->rows);
    const std::size_t* const kept = shape.begin();
    if (shape.size() == 1)
        return first_of(weights_.take(name, {rows}), 1, kept[0], 1, 1);
    const auto columns = static_cast<std::size_t>(size->columns);
    return first_of(weights_.take(name, {rows, columns, kept[2]}), columns, kept[0], kept[1],
                    kept[2]);
}

} // namespace tonecast::wavenet
