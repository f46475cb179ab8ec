#include "engine/effect_file/graph_check/rules/integer_values.h"
#include "engine/effect_file/graph_check/rules/rules.h"

#include <algorithm>
#include <utility>

namespace tonecast::rules {

namespace {

double elements(const NodeCheck& node) {
    return static_cast<double>(element_count(node.shape(0)));
}

/// The same elements in the same order.
void set_reshaped(NodeCheck& node, TensorShape shape) {
    node.cost(elements(node)); // a copy, at worst
    node.set(0, std::move(shape));
    keep_integers(node);
}

} // namespace

void constant(NodeCheck& node) {
    std::size_t given = 0;
    for (const char* name : {"value", "value_float", "value_floats", "value_int", "value_ints"}) {
        const auto* attribute = node.attribute(name);
        if (attribute == nullptr)
            continue;
        ++given;
        using Type = OnnxGraph::Attribute::Type;
        const auto list = [](std::size_t size) { return static_cast<std::int64_t>(size); };
        if (attribute->type == Type::tensor) {
            const OnnxTensor& tensor = attribute->tensor;
            node.set_constant(tensor);
        } else if (attribute->type == Type::number) {
            node.set(0, {}, ElementType::float32);
        } else if (attribute->type == Type::numbers) {
            node.set(0, {list(attribute->numbers)}, ElementType::float32);
        } else if (attribute->type == Type::integer) {
            node.set(0, {}, ElementType::int64);
            node.set_values({attribute->integer});
        } else {
            node.set(0, {list(attribute->integers.size())}, ElementType::int64);
            node.set_values(attribute->integers);
        }
    }
    node.require(given == 1, "it must have one value");
}

void identity(NodeCheck& node) {
    set_reshaped(node, node.shape(0));
}

void shape(NodeCheck& node) {
    // Beyond both ends is allowed, and cut.
    const std::int64_t rank = node.rank(0);
    const auto place = [&](std::int64_t given) {
        return std::clamp<std::int64_t>(given < 0 ? given + rank : given, 0, rank);
    };
    const std::int64_t start = place(node.integer("start", 0));
    const std::int64_t end = place(node.integer("end", rank));
    node.set(0, {end - start});
    node.set_values({node.shape(0).begin() + start, node.shape(0).begin() + end});
}

void size(NodeCheck& node) {
    node.set(0, {});
    node.set_values({element_count(node.shape(0))});
}

void reshape(NodeCheck& node) {
    node.require(node.rank(1) == 1, "its input shape must be a list");
    const TensorShape& from = node.shape(0);
    TensorShape to = node.values(1);
    const std::int64_t count = element_count(from);
    std::int64_t known = 1;
    std::int64_t* open = nullptr;
    for (std::size_t i = 0; i < to.size(); ++i) {
        if (to[i] == -1) {
            node.require(open == nullptr, "its shape leaves two axes open");
            open = &to[i];
            continue;
        }
        if (to[i] == 0 && node.integer("allowzero", 0) == 0) {
            node.require(i < from.size(), "its shape keeps an axis that the input does not have");
            to[i] = from[i];
        }
        node.require(to[i] >= 1 && to[i] <= count / known,
                     "its shape does not fit the input's number of elements");
        known *= to[i];
    }
    if (open != nullptr)
        *open = count / known;
    node.require(known * (open == nullptr ? 1 : *open) == count,
                 "its shape does not fit the input's number of elements");
    set_reshaped(node, std::move(to));
}

void flatten(NodeCheck& node) {
    const std::int64_t rank = node.rank(0);
    const std::int64_t given = node.integer("axis", 1);
    node.require(given >= -rank && given <= rank, "it names an axis that its input does not have");
    const auto& from = node.shape(0);
    const auto split = from.begin() + (given < 0 ? given + rank : given);
    set_reshaped(node, {element_count({from.begin(), split}), element_count({split, from.end()})});
}

void squeeze(NodeCheck& node) {
    TensorShape shape = node.shape(0);
    if (node.has(1)) {
        node.require(node.rank(1) == 1 && !node.values(1).empty(), "its axes must be a list");
        for (const std::size_t axis : node.axes(node.values(1), node.rank(0))) {
            node.require(shape[axis] == 1, "it removes an axis whose size is not 1");
            shape[axis] = 0;
        }
        std::erase(shape, 0);
    } else {
        std::erase(shape, 1);
    }
    set_reshaped(node, std::move(shape));
}

void unsqueeze(NodeCheck& node) {
    node.require(node.rank(1) == 1 && !node.values(1).empty(), "its axes must be a list");
    const auto rank = node.shape(0).size() + node.values(1).size();
    node.require(rank <= max_rank, "it makes a tensor of too many axes");
    TensorShape shape(rank, 0);
    for (const std::size_t axis : node.axes(node.values(1), static_cast<std::int64_t>(rank)))
        shape[axis] = 1;
    auto next = node.shape(0).begin();
    for (std::int64_t& size : shape)
        if (size == 0)
            size = *next++;
    set_reshaped(node, std::move(shape));
}

} // namespace tonecast::rules
