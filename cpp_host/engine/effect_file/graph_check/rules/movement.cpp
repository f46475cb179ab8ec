#include "engine/effect_file/graph_check/rules/integer_values.h"
#include "engine/effect_file/graph_check/rules/rules.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <utility>

namespace tonecast::rules {

namespace {

constexpr double moved = 64.0; // one element, in units of NodeCheck::cost()

double elements(const TensorShape& shape) {
    return static_cast<double>(element_count(shape));
}

} // namespace

void concat(NodeCheck& node) {
    const std::size_t axis = node.axis(node.integer("axis", 0), node.rank(0));
    TensorShape shape = node.shape(0);
    bool known = node.rank(0) == 1;
    std::vector<std::int64_t> values;
    for (std::size_t i = 0; i < node.inputs(); ++i) {
        const KnownTensor& input = node.input(i);
        node.require(input.shape.size() == shape.size(), "its inputs differ in rank");
        for (std::size_t j = 0; j < shape.size(); ++j)
            node.require(j == axis || input.shape[j] == shape[j],
                         "its inputs differ in another axis than the one along which they join");
        shape[axis] += i == 0 ? 0 : input.shape[axis];
        known = known && input.values;
        if (known)
            values.insert(values.end(), input.values->begin(), input.values->end());
    }
    node.cost(moved * elements(shape));
    node.set(0, std::move(shape));
    if (known && values.size() <= max_small)
        node.set_values(std::move(values));
}

void split(NodeCheck& node) {
    const std::size_t axis = node.axis(node.integer("axis", 0), node.rank(0));
    const auto count = static_cast<std::int64_t>(node.outputs());
    const std::int64_t size = node.shape(0)[axis];
    std::vector<std::int64_t> sizes;
    if (node.has(1)) {
        node.require(node.rank(1) == 1, "its input split must be a list");
        node.require(node.attribute("num_outputs") == nullptr,
                     "it has both a list of sizes and their number");
        sizes = node.values(1);
    } else {
        node.require(node.integer("num_outputs", 0) == count,
                     "its attribute num_outputs is not the number of its outputs");
        const std::int64_t each = (size + count - 1) / count; // the last one may be smaller
        sizes.assign(node.outputs(), each);
        sizes.back() = size - each * (count - 1);
    }
    node.require(sizes.size() == node.outputs(), "its sizes are not as many as its outputs");
    std::int64_t left = size;
    for (const std::int64_t one : sizes) {
        node.require(one >= 1 && one <= left, "its sizes do not add up to the axis'");
        left -= one;
    }
    node.require(left == 0, "its sizes do not add up to the axis'");
    node.cost(moved * elements(node.shape(0)));
    for (std::size_t i = 0; i < sizes.size(); ++i) {
        TensorShape shape = node.shape(0);
        shape[axis] = sizes[i];
        node.set(i, std::move(shape));
    }
}

void slice(NodeCheck& node) {
    for (std::size_t i = 1; i < node.inputs(); ++i) {
        node.require(!node.has(i) || node.rank(i) == 1, "its bounds must be lists");
        node.require(!node.has(i) || node.shape(i) == node.shape(1),
                     "its bounds are lists of different lengths");
        node.require(!node.has(i) || node.input(i).type == node.input(1).type,
                     "its bounds are of two types");
    }
    const auto& starts = node.values(1);
    const auto& ends = node.values(2);
    std::vector<std::int64_t> given(starts.size());
    std::iota(given.begin(), given.end(), 0);
    const auto axes = node.axes(node.has(3) ? node.values(3) : given, node.rank(0));
    TensorShape shape = node.shape(0);
    std::int64_t first = 0; // of the last axis that is cut
    std::int64_t step = 1;
    for (std::size_t i = 0; i < axes.size(); ++i) {
        const std::int64_t size = shape[axes[i]];
        step = node.has(4) ? node.values(4)[i] : 1;
        // Beyond any size one step is like another; −2⁶³ has no absolute value.
        node.require(step != 0 && step >= -static_cast<std::int64_t>(max_elements) &&
                         step <= static_cast<std::int64_t>(max_elements),
                     "its steps are 0 or absurd");
        const auto place = [&](std::int64_t bound) {
            if (bound < 0) // the least value is customary for "before the first"
                bound = bound < -size ? -1 : bound + size;
            return step > 0 ? std::clamp<std::int64_t>(bound, 0, size)
                            : std::clamp<std::int64_t>(bound, -1, size - 1);
        };
        first = place(starts[i]);
        const std::int64_t last = place(ends[i]);
        const std::int64_t span = step > 0 ? last - first : first - last;
        node.require(span > 0, "it leaves nothing");
        shape[axes[i]] = (span - 1) / (step > 0 ? step : -step) + 1;
    }
    node.cost(moved * elements(shape));
    node.set(0, std::move(shape));
    if (node.rank(0) != 1)
        return;
    std::vector<std::size_t> from;
    for (std::int64_t i = 0; node.input(0).values && i < node.output(0).shape[0]; ++i)
        from.push_back(static_cast<std::size_t>(first + i * step));
    move_integers(node, from);
}

void pad(NodeCheck& node) {
    node.require(node.rank(1) == 1, "its input pads must be a list");
    node.require(!node.has(2) || element_count(node.shape(2)) == 1,
                 "its input constant_value must be one number");
    std::vector<std::size_t> axes(node.shape(0).size());
    std::iota(axes.begin(), axes.end(), std::size_t{0});
    if (node.has(3)) {
        node.require(node.rank(3) == 1, "its axes must be a list");
        axes = node.axes(node.values(3), node.rank(0));
    }
    const auto& pads = node.values(1);
    node.require(pads.size() == 2 * axes.size(), "its input pads must have two numbers an axis");
    const std::string_view mode = node.text("mode", "constant");
    TensorShape shape = node.shape(0);
    for (std::size_t i = 0; i < axes.size(); ++i) {
        std::int64_t& size = shape[axes[i]];
        std::int64_t kept = size;
        std::int64_t added = 0;
        for (const std::int64_t one : {pads[i], pads[i + axes.size()]}) {
            const auto most = static_cast<std::int64_t>(max_elements);
            node.require(one >= -size && one <= most, "it removes more than there is");
            node.require(mode == "constant" || one >= 0,
                         "only the mode \"constant\" can take away");
            node.require(mode != "reflect" || one < size, "it reflects more than there is");
            node.require(mode != "wrap" || one <= size, "it repeats more than there is");
            (one < 0 ? kept : added) += one;
        }
        node.require(kept >= 1, "it removes more than there is");
        size = kept + added;
    }
    node.cost(moved * elements(shape));
    node.set(0, std::move(shape));
}

void transpose(NodeCheck& node) {
    const auto rank = node.shape(0).size();
    std::vector<std::int64_t> given(rank);
    std::iota(given.rbegin(), given.rend(), 0);
    if (node.attribute("perm") != nullptr)
        given = node.integers("perm", rank, 0);
    TensorShape shape;
    for (const std::int64_t axis : given)
        node.require(axis >= 0, "its attribute perm counts from the end");
    for (const std::size_t axis : node.axes(given, node.rank(0)))
        shape.push_back(node.shape(0)[axis]);
    node.cost(4.0 * moved * elements(shape));
    node.set(0, std::move(shape));
}

void trilu(NodeCheck& node) {
    node.require(node.rank(0) >= 2, "its input must have at least two axes");
    const auto most = static_cast<std::int64_t>(max_elements);
    if (node.has(1))
        node.require(node.rank(1) == 0 && node.value(1) >= -most && node.value(1) <= most,
                     "its input k must be a small scalar");
    node.cost(moved * elements(node.shape(0)));
    node.set(0, node.shape(0));
}

} // namespace tonecast::rules
