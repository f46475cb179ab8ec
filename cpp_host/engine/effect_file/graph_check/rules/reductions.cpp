#include "engine/effect_file/graph_check/rules/rules.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace tonecast::rules {

namespace {

constexpr double added = 64.0; // one element, in units of NodeCheck::cost()

double elements(const NodeCheck& node) {
    return static_cast<double>(element_count(node.shape(0)));
}

/// `shape` without the axes, or with 1 in their places.
TensorShape reduced(const TensorShape& shape, const std::vector<std::size_t>& axes, bool keep) {
    TensorShape result;
    for (std::size_t i = 0; i < shape.size(); ++i) {
        if (std::ranges::find(axes, i) == axes.end())
            result.push_back(shape[i]);
        else if (keep)
            result.push_back(1);
    }
    return result;
}

} // namespace

void reduce(NodeCheck& node) {
    std::vector<std::size_t> axes;
    if (node.has(1)) {
        node.require(node.rank(1) == 1, "its axes must be a list");
        axes = node.axes(node.values(1), node.rank(0));
    }
    if (axes.empty() && node.integer("noop_with_empty_axes", 0) == 0)
        for (std::size_t i = 0; i < node.shape(0).size(); ++i)
            axes.push_back(i);
    node.cost(added * elements(node));
    node.set(0, reduced(node.shape(0), axes, node.integer("keepdims", 1) == 1));
}

void arg_reduce(NodeCheck& node) {
    const std::size_t axis = node.axis(node.integer("axis", 0), node.rank(0));
    node.cost(added * elements(node));
    node.set(0, reduced(node.shape(0), {axis}, node.integer("keepdims", 1) == 1));
}

void along_axis(NodeCheck& node) { // Softmax, …
    node.axis(node.integer("axis", -1), node.rank(0));
    node.cost(4.0 * added * elements(node));
    node.set(0, node.shape(0));
}

void cumulate(NodeCheck& node) {
    node.axis(node.value(1), node.rank(0));
    node.cost(added * elements(node));
    node.set(0, node.shape(0));
}

void top_k(NodeCheck& node) {
    const std::size_t axis = node.axis(node.integer("axis", -1), node.rank(0));
    node.require(node.rank(1) == 1, "its input K must be a list of one number");
    TensorShape shape = node.shape(0);
    const std::int64_t k = node.value(1);
    node.require(k >= 1 && k <= shape[axis], "its input K must lie between 1 and the axis' size");
    node.cost(added * elements(node) * (1.0 + std::log2(static_cast<double>(shape[axis]))));
    shape[axis] = k;
    node.set(0, shape);
    node.set(1, std::move(shape));
}

void global_pool(NodeCheck& node) {
    node.require(node.rank(0) >= 3 && node.rank(0) <= 5, "its input must have three to five axes");
    TensorShape shape = node.shape(0);
    std::fill(shape.begin() + 2, shape.end(), 1);
    node.cost(added * elements(node));
    node.set(0, std::move(shape));
}

} // namespace tonecast::rules
