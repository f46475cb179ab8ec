#include "engine/families/weight_source.h"

#include "engine/error.h"

#include <algorithm>
#include <cstring>

namespace tonecast {

namespace {

std::size_t count(std::initializer_list<std::size_t> shape) {
    std::size_t product = 1;
    for (const std::size_t size : shape)
        product *= size;
    return product;
}

} // namespace

std::vector<float> FlatWeights::take(const std::string& name,
                                     std::initializer_list<std::size_t> shape) {
    const std::size_t wanted = count(shape);
    if (wanted > values_.size() - taken_)
        throw Error("it has too few weights: they end at number " + std::to_string(values_.size()) +
                    ", in \"" + name + "\"");
    const auto first = values_.begin() + static_cast<std::ptrdiff_t>(taken_);
    taken_ += wanted;
    return {first, first + static_cast<std::ptrdiff_t>(wanted)};
}

void FlatWeights::none_left() const {
    if (taken_ != values_.size())
        throw Error("it has " + std::to_string(values_.size()) +
                    " weights, but its network takes " + std::to_string(taken_));
}

GraphWeights::GraphWeights(const EffectFile& file) : graph_(read_onnx_graph(file.bytes)) {}

std::vector<float> GraphWeights::take(const std::string& name,
                                      std::initializer_list<std::size_t> shape) {
    const OnnxGraph::Tensor& found = find(name, ElementType::float32, shape);
    std::vector<float> values(count(shape));
    std::memcpy(values.data(), found.raw.data(), found.raw.size());
    return values;
}

std::vector<std::int32_t> GraphWeights::take_indices(const std::string& name, std::size_t count,
                                                     int end) {
    const OnnxGraph::Tensor& found = find(name, ElementType::int64, {count});
    std::vector<std::int64_t> values(count);
    std::memcpy(values.data(), found.raw.data(), found.raw.size());
    for (const std::int64_t value : values)
        if (value < 0 || value >= end)
            throw Error("\"" + name + "\" of its graph has the index " + std::to_string(value) +
                        ", which must lie between 0 and " + std::to_string(end - 1) +
                        "; export it anew");
    return {values.begin(), values.end()};
}

const OnnxGraph::Tensor& GraphWeights::find(const std::string& name, ElementType type,
                                            std::initializer_list<std::size_t> shape) const {
    const auto found = std::ranges::find(graph_.initializers, name, &OnnxGraph::Tensor::name);
    if (found == graph_.initializers.end() || found->type != type ||
        !std::ranges::equal(found->shape, shape,
                            [](std::int64_t there, std::size_t wanted) {
                                return there == static_cast<std::int64_t>(wanted);
                            }) ||
        found->raw.size() != count(shape) * element_bytes(type))
        throw Error("its graph has no weights \"" + name +
                    "\" of the shape that its contract's architecture has; export it anew");
    return *found;
}

} // namespace tonecast
