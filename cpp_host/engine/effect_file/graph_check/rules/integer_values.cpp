#include "engine/effect_file/graph_check/rules/integer_values.h"

#include <algorithm>
#include <limits>
#include <optional>

namespace tonecast {

namespace {

/// None where it overflows: that value would be ONNX Runtime's alone.
std::optional<std::int64_t> compute(std::string_view type, std::int64_t a, std::int64_t b) {
    // Shapes are far smaller; this keeps products within 64 bits.
    constexpr std::int64_t most = std::int64_t{1} << 31;
    if (a < -most || a > most || b < -most || b > most)
        return std::nullopt;
    if (type == "Add")
        return a + b;
    if (type == "Sub")
        return a - b;
    if (type == "Mul")
        return a * b;
    if (type == "Max")
        return std::max(a, b);
    if (type == "Min")
        return std::min(a, b);
    if (type == "Div" && b != 0)
        return a / b;
    return std::nullopt;
}

} // namespace

void compute_integers(NodeCheck& node) {
    if (!node.has(0) || !node.input(0).values || !is_one_of(node.output(0).type, Types::index))
        return;
    const auto& a = *node.input(0).values;
    if (node.type() == "Cast") {
        constexpr std::int64_t most = std::numeric_limits<std::int32_t>::max();
        if (std::ranges::all_of(a, [](std::int64_t x) { return x >= -most && x <= most; }))
            node.set_values(a);
        return;
    }
    if (node.inputs() != 2 || !node.input(1).values)
        return;
    const auto& b = *node.input(1).values;
    const auto count = static_cast<std::size_t>(element_count(node.output(0).shape));
    if ((a.size() != count && a.size() != 1) || (b.size() != count && b.size() != 1))
        return;
    std::vector<std::int64_t> result;
    for (std::size_t i = 0; i < count; ++i) {
        const auto value = compute(node.type(), a[a.size() == 1 ? 0 : i], b[b.size() == 1 ? 0 : i]);
        if (!value)
            return;
        result.push_back(*value);
    }
    node.set_values(std::move(result));
}

void move_integers(NodeCheck& node, const std::vector<std::size_t>& from) {
    if (!node.input(0).values)
        return;
    std::vector<std::int64_t> result;
    for (const std::size_t i : from)
        result.push_back((*node.input(0).values)[i]);
    node.set_values(std::move(result));
}

void keep_integers(NodeCheck& node) {
    if (node.input(0).values)
        node.set_values(*node.input(0).values);
}

} // namespace tonecast
