#include "engine/effect_file/graph_check/rules/rules.h"

#include <algorithm>
#include <utility>

namespace tonecast::rules {

namespace {

/// `groups`: so many times a mean is taken.
void set_normalized(NodeCheck& node, std::int64_t groups) {
    node.cost(64.0 * static_cast<double>(element_count(node.shape(0))) +
              1024.0 * static_cast<double>(groups));
    node.set(0, node.shape(0));
}

/// All inputs but the first: one number for each channel.
void check_parameters(const NodeCheck& node) {
    for (std::size_t i = 1; i < node.inputs(); ++i)
        node.require(node.shape(i) == TensorShape{node.shape(0)[1]},
                     "its parameters are not one number for each channel");
}

} // namespace

void batch_normalization(NodeCheck& node) {
    node.require(node.rank(0) >= 2, "its input must have at least two axes");
    check_parameters(node);
    set_normalized(node, node.shape(0)[0] * node.shape(0)[1]);
}

void instance_normalization(NodeCheck& node) {
    node.require(node.rank(0) >= 3, "its input must have at least three axes");
    check_parameters(node);
    set_normalized(node, node.shape(0)[0] * node.shape(0)[1]);
}

void layer_normalization(NodeCheck& node) {
    const TensorShape& x = node.shape(0);
    const std::size_t axis = node.axis(node.integer("axis", -1), node.rank(0));
    const auto first = x.begin() + static_cast<std::ptrdiff_t>(axis);
    const TensorShape normalized(first, x.end());
    for (std::size_t i = 1; i < node.inputs(); ++i)
        node.require(node.shape(i) == normalized,
                     "its inputs Scale and B do not have the shape of the axes from axis on");
    TensorShape left(x.begin(), first);
    left.resize(x.size(), 1);
    set_normalized(node, element_count(left));
    node.set(1, left, ElementType::float32);
    node.set(2, left, ElementType::float32);
}

} // namespace tonecast::rules
