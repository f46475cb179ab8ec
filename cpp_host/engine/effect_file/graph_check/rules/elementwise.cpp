#include "engine/effect_file/graph_check/rules/integer_values.h"
#include "engine/effect_file/graph_check/rules/rules.h"

#include <algorithm>

namespace tonecast::rules {

namespace {

// Of one element of one input, in units of NodeCheck::cost().
constexpr double plain = 16.0;
constexpr double slow = 256.0;

void broadcast_all(NodeCheck& node, double cost) {
    TensorShape shape = node.shape(0);
    for (std::size_t i = 1; i < node.inputs(); ++i)
        shape = broadcast(shape, node.shape(i));
    node.cost(cost *
              static_cast<double>(element_count(shape) * static_cast<std::int64_t>(node.inputs())));
    node.set(0, std::move(shape));
    compute_integers(node);
}

} // namespace

void elementwise(NodeCheck& node) {
    broadcast_all(node, plain);
}

void slow_elementwise(NodeCheck& node) {
    broadcast_all(node, slow);
}

void divide(NodeCheck& node) {
    // Both make the processor stop the process: ÷ 0, and the least integer ÷ −1.
    if (is_one_of(node.input(1).type, Types::index))
        for (const std::int64_t divisor : node.values(1))
            node.require(divisor != 0 && divisor != -1, "it divides integers by 0 or -1");
    const bool is_remainder = node.type() == "Mod";
    node.require(!is_remainder || is_one_of(node.input(0).type, Types::index) ||
                     node.integer("fmod", 0) == 1,
                 "the remainder of floats needs the attribute fmod");
    broadcast_all(node, is_remainder ? slow : plain);
}

void where(NodeCheck& node) {
    node.require(node.input(1).type == node.input(2).type, "its inputs X and Y are of two types");
    TensorShape shape = broadcast(node.shape(0), broadcast(node.shape(1), node.shape(2)));
    node.cost(plain * 3.0 * static_cast<double>(element_count(shape)));
    node.set(0, std::move(shape), node.input(1).type);
}

void prelu(NodeCheck& node) {
    node.require(broadcasts_to(node.shape(1), node.shape(0)),
                 "its input slope does not fit the input X");
    broadcast_all(node, plain);
}

void clip(NodeCheck& node) {
    for (std::size_t i = 1; i < node.inputs(); ++i)
        node.require(!node.has(i) || node.rank(i) == 0, "its limits must be scalars (rank 0)");
    node.cost(plain * static_cast<double>(element_count(node.shape(0))));
    node.set(0, node.shape(0));
}

void cast(NodeCheck& node) {
    const ElementType to = element_type(static_cast<std::uint64_t>(node.integer("to", 0)));
    node.require(to != ElementType::none, "it casts to a type that effects do not use");
    node.cost(plain * static_cast<double>(element_count(node.shape(0))));
    node.set(0, node.shape(0), to);
    compute_integers(node);
}

} // namespace tonecast::rules
