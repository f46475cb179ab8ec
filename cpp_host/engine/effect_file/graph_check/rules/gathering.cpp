#include "engine/effect_file/graph_check/rules/integer_values.h"
#include "engine/effect_file/graph_check/rules/rules.h"

#include <algorithm>
#include <utility>

namespace tonecast::rules {

namespace {

constexpr double fetched = 512.0; // one element, in units of NodeCheck::cost()

double elements(const TensorShape& shape) {
    return static_cast<double>(element_count(shape));
}

/// Indices that are known must lie within an axis; ONNX Runtime looks at the others as it plays.
void check_range(const NodeCheck& node, std::int64_t size) {
    if (node.input(1).values)
        for (const std::int64_t index : *node.input(1).values)
            node.require(index >= -size && index < size, "its indices lie beyond the axis");
}

/// Of the same rank, and within the data but along the axis.
void check_beside(const NodeCheck& node, const TensorShape& indices, std::size_t axis,
                  bool also_along) {
    node.require(indices.size() == node.shape(0).size(),
                 "its indices must have as many axes as its data");
    for (std::size_t i = 0; i < indices.size(); ++i)
        node.require((i == axis && !also_along) || indices[i] <= node.shape(0)[i],
                     "its indices are larger than its data");
}

} // namespace

void gather(NodeCheck& node) {
    const TensorShape& data = node.shape(0);
    const std::size_t axis = node.axis(node.integer("axis", 0), node.rank(0));
    check_range(node, data[axis]);
    TensorShape shape(data.begin(), data.begin() + static_cast<std::ptrdiff_t>(axis));
    shape.insert(shape.end(), node.shape(1).begin(), node.shape(1).end());
    shape.insert(shape.end(), data.begin() + static_cast<std::ptrdiff_t>(axis) + 1, data.end());
    node.require(shape.size() <= max_rank, "it makes a tensor of too many axes");
    node.cost(fetched * elements(shape));
    node.set(0, std::move(shape));
    if (data.size() != 1 || !node.input(1).values)
        return;
    std::vector<std::size_t> from;
    for (const std::int64_t index : *node.input(1).values)
        from.push_back(static_cast<std::size_t>(index < 0 ? index + data[0] : index));
    move_integers(node, from);
}

void gather_elements(NodeCheck& node) {
    const std::size_t axis = node.axis(node.integer("axis", 0), node.rank(0));
    check_beside(node, node.shape(1), axis, false);
    check_range(node, node.shape(0)[axis]);
    node.cost(fetched * elements(node.shape(1)));
    node.set(0, node.shape(1));
}

void gather_nd(NodeCheck& node) {
    const TensorShape& data = node.shape(0);
    const TensorShape& indices = node.shape(1);
    node.require(!data.empty() && !indices.empty(), "its inputs must not be scalars");
    const auto batch = static_cast<std::size_t>(node.integer("batch_dims", 0));
    node.require(batch < std::min(data.size(), indices.size()),
                 "its attribute batch_dims takes all axes");
    const auto depth = static_cast<std::size_t>(indices.back());
    node.require(depth <= data.size() - batch, "its indices have more axes than its data");
    for (std::size_t i = 0; i < batch; ++i)
        node.require(indices[i] == data[i], "its inputs differ in the axes of the batch");
    TensorShape shape(indices.begin(), indices.end() - 1);
    shape.insert(shape.end(), data.begin() + static_cast<std::ptrdiff_t>(batch + depth),
                 data.end());
    node.require(shape.size() <= max_rank, "it makes a tensor of too many axes");
    node.cost(fetched * (elements(shape) + elements(indices)));
    node.set(0, std::move(shape));
}

void scatter_elements(NodeCheck& node) {
    const std::size_t axis = node.axis(node.integer("axis", 0), node.rank(0));
    check_beside(node, node.shape(1), axis, true);
    check_range(node, node.shape(0)[axis]);
    node.require(node.shape(2) == node.shape(1), "its updates are not as many as its indices");
    node.cost(fetched * (elements(node.shape(1)) + elements(node.shape(0))));
    node.set(0, node.shape(0));
}

void scatter_nd(NodeCheck& node) {
    const TensorShape& data = node.shape(0);
    const TensorShape& indices = node.shape(1);
    node.require(!data.empty() && !indices.empty(), "its inputs must not be scalars");
    const auto depth = static_cast<std::size_t>(indices.back());
    node.require(depth <= data.size(), "its indices have more axes than its data");
    TensorShape updates(indices.begin(), indices.end() - 1);
    updates.insert(updates.end(), data.begin() + static_cast<std::ptrdiff_t>(depth), data.end());
    node.require(node.shape(2) == updates, "its updates do not fit its indices");
    node.cost(fetched * (elements(updates) + elements(indices) + elements(data)));
    node.set(0, data);
}

} // namespace tonecast::rules
