#include "engine/effect_file/graph_check/rules/rules.h"

#include <algorithm>
#include <utility>

namespace tonecast::rules {

namespace {

double elements(const TensorShape& shape) {
    return static_cast<double>(element_count(shape));
}

/// How a kernel goes over the spatial axes: those after batch and channels.
struct Window {
    std::vector<std::int64_t> kernel, strides, dilations, pads; // pads: all begins, then all ends

    Window(const NodeCheck& node, std::vector<std::int64_t> sizes)
        : kernel(std::move(sizes)), strides(node.integers("strides", kernel.size(), 1)),
          dilations(node.integers("dilations", kernel.size(), 1)),
          pads(node.integers("pads", 2 * kernel.size(), 0)) {
        node.require(node.text("auto_pad", "NOTSET") == "NOTSET" ||
                         std::ranges::all_of(pads, [](auto pad) { return pad == 0; }),
                     "it has both pads and auto_pad");
    }

    std::int64_t span(std::size_t i) const { return (kernel[i] - 1) * dilations[i] + 1; }
    std::int64_t padding(std::size_t i) const { return pads[i] + pads[i + kernel.size()]; }
};

/// [batch, channels, …] with at least one spatial axis, and no more than ONNX Runtime has code for.
void check_spatial(const NodeCheck& node) {
    node.require(node.rank(0) >= 3 && node.rank(0) <= 5,
                 "its input X must have batch, channels and one to three axes more");
}

/// What a kernel gives along each spatial axis of the input.
TensorShape slide(const NodeCheck& node, const Window& window, std::int64_t channels) {
    TensorShape shape{node.shape(0)[0], channels};
    for (std::size_t i = 0; i < window.kernel.size(); ++i) {
        const std::int64_t room = node.shape(0)[i + 2] + window.padding(i) - window.span(i);
        node.require(room >= 0, "its kernel is larger than its input");
        shape.push_back(room / window.strides[i] + 1);
    }
    return shape;
}

/// The kernel that the weights W have.
std::vector<std::int64_t> kernel_of_weights(const NodeCheck& node) {
    check_spatial(node);
    const TensorShape& weights = node.shape(1);
    node.require(weights.size() == node.shape(0).size(), "its inputs X and W differ in rank");
    std::vector<std::int64_t> kernel(weights.begin() + 2, weights.end());
    if (node.attribute("kernel_shape") != nullptr)
        node.require(node.integers("kernel_shape", kernel.size(), 0) == kernel,
                     "its attribute kernel_shape is not the shape of its weights");
    return kernel;
}

void check_bias(const NodeCheck& node, std::int64_t channels) {
    node.require(!node.has(2) || node.shape(2) == TensorShape{channels},
                 "its bias is not one number for each channel");
}

} // namespace

void conv(NodeCheck& node) {
    const Window window(node, kernel_of_weights(node));
    const TensorShape& weights = node.shape(1);
    const std::int64_t group = node.integer("group", 1);
    node.require(weights[0] % group == 0 && node.shape(0)[1] == weights[1] * group,
                 "its input's channels do not fit its weights and group");
    check_bias(node, weights[0]);
    TensorShape shape = slide(node, window, weights[0]);
    const double taps = elements(weights) / static_cast<double>(weights[0]);
    // The input is laid out anew for each tap, and then multiplied with the weights as a matrix: in
    // pieces, unless there are fewer outputs than filters.
    const double laid_out =
        elements(shape) * taps * static_cast<double>(group) / static_cast<double>(weights[0]);
    const double outputs = elements(shape) / static_cast<double>(shape[0] * shape[1]);
    const bool in_pieces = outputs >= static_cast<double>(weights[0] / group);
    node.cost(elements(shape) * (taps + 16.0) + 8.0 * laid_out,
              in_pieces ? 0.0 : 4.0 * outputs * taps);
    node.set(0, std::move(shape));
}

void conv_transpose(NodeCheck& node) {
    const Window window(node, kernel_of_weights(node));
    const TensorShape& weights = node.shape(1);
    const std::int64_t group = node.integer("group", 1);
    node.require(node.shape(0)[1] % group == 0 && node.shape(0)[1] == weights[0],
                 "its input's channels do not fit its weights and group");
    const std::int64_t channels = weights[1] * group;
    check_bias(node, channels);
    const auto more = node.integers("output_padding", window.kernel.size(), 0);
    TensorShape shape{node.shape(0)[0], channels};
    for (std::size_t i = 0; i < window.kernel.size(); ++i) {
        node.require(more[i] < window.strides[i],
                     "its attribute output_padding is not less than its stride");
        shape.push_back((node.shape(0)[i + 2] - 1) * window.strides[i] + more[i] + window.span(i) -
                        window.padding(i));
    }
    // The products are laid out for each tap, and then added up: those of a group at a time.
    const double products =
        elements(node.shape(0)) * elements(weights) / static_cast<double>(weights[0]);
    const double laid_out = products * static_cast<double>(group) / static_cast<double>(weights[0]);
    node.cost(products + 64.0 * laid_out,
              4.0 * laid_out / static_cast<double>(group * node.shape(0)[0]));
    node.set(0, std::move(shape));
}

void pool(NodeCheck& node) {
    check_spatial(node);
    const auto spatial = node.shape(0).size() - 2;
    const Window window(node, node.integers("kernel_shape", spatial, 0));
    for (std::size_t i = 0; i < 2 * spatial; ++i)
        node.require(window.pads[i] < window.kernel[i % spatial],
                     "its attribute pads is not less than its kernel");
    const TensorShape shape = slide(node, window, node.shape(0)[1]);
    double taps = 1.0;
    for (const std::int64_t size : window.kernel)
        taps *= static_cast<double>(size);
    node.cost(128.0 * elements(shape) * taps);
    node.set(0, shape);
    node.set(1, shape); // Indices
}

} // namespace tonecast::rules
