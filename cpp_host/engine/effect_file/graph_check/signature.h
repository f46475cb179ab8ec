#pragma once

#include "engine/effect_file/element_type.h"
#include "engine/effect_file/onnx_graph.h"

#include <cstdint>
#include <string_view>
#include <vector>

namespace tonecast {

class NodeCheck;

/// Element types that an input or output may have.
enum class Types : std::uint8_t {
    floating,  // float16, float32, float64
    number,    // and int32, int64
    any,       // and bool, and integers of 8 to 64 bits
    boolean,   // bool
    integer32, // int32
    integer64, // int64
    index,     // int32, int64
};

bool is_one_of(ElementType type, Types types);

/// An input or output of an operator.
struct Slot {
    std::string_view name;    // ONNX's
    Types types = Types::any; // the same one for all slots with the types of the first
    bool is_optional = false; // its name may be empty, or be left out at the end
    bool is_variadic = false; // one or more, the last slot
};

struct AttributeRule {
    using Type = OnnxGraph::Attribute::Type;

    std::string_view name; // ONNX's
    Type type = Type::integer;
    bool is_required = false;
    std::int64_t lowest = 0; // of integers, each
    std::int64_t highest = 0;
    std::vector<std::string_view> choices = {}; // of texts, each; all where there are none
};

/// What a node of an operator looks like.
struct Signature {
    std::string_view type;
    std::vector<Slot> inputs;
    std::vector<Slot> outputs;
    std::vector<AttributeRule> attributes;
    void (*rule)(NodeCheck&); // the shapes that it takes, and those that it makes

    const Slot& input(std::size_t i) const { return at(inputs, i); }
    const Slot& output(std::size_t i) const { return at(outputs, i); }

private:
    static const Slot& at(const std::vector<Slot>& slots, std::size_t i) {
        return slots[i < slots.size() ? i : slots.size() - 1]; // variadic
    }
};

/// Slots as the table of operators writes them: "X W B?" or "data indices:index" or "inputs*", with
/// `own` types for those that name none.
std::vector<Slot> slots(std::string_view text, Types own);

/// Throws Error where a node's names or attributes are not those that the signature asks for.
void check_signature(const OnnxGraph::Node& node, const Signature& signature);

} // namespace tonecast
