#include "engine/effect_file/graph_check/signature.h"

#include "engine/effect_file/utf8.h"
#include "engine/error.h"

#include <algorithm>
#include <stdexcept>
#include <string>

namespace tonecast {

namespace {

Types types_called(std::string_view word) {
    if (word == "bool")
        return Types::boolean;
    if (word == "int32")
        return Types::integer32;
    if (word == "int64")
        return Types::integer64;
    if (word == "index")
        return Types::index;
    if (word == "number")
        return Types::number;
    throw std::logic_error("the table of operators names no types");
}

void check_names(const std::vector<std::string_view>& names, const std::vector<Slot>& slots,
                 const char* kind) {
    const auto refuse = [&](const std::string& what) { throw Error(what); };
    if (!names.empty() && names.back().empty())
        refuse(std::string("its last ") + kind + " has no name; leave it out");
    const bool is_variadic = !slots.empty() && slots.back().is_variadic;
    if (names.size() > slots.size() && !is_variadic)
        refuse(std::string("it has ") + std::to_string(names.size()) + " " + kind +
               "s, the operator has at most " + std::to_string(slots.size()));
    for (std::size_t i = 0; i < std::max(names.size(), slots.size()); ++i) {
        const Slot& slot = slots[std::min(i, slots.size() - 1)];
        if (!slot.is_optional && (i >= names.size() || names[i].empty()))
            refuse(std::string("its ") + kind + " " + std::string(slot.name) + " is missing");
    }
}

void check_attribute(const OnnxGraph::Attribute& attribute, const AttributeRule& rule) {
    using Type = OnnxGraph::Attribute::Type;
    const auto shown = [&] { return "its attribute " + std::string(rule.name); };
    if (attribute.type != rule.type)
        throw Error(shown() + " is of another type than the operator's");
    const auto check_integer = [&](std::int64_t value) {
        if (value < rule.lowest || value > rule.highest)
            throw Error(shown() + " must lie between " + std::to_string(rule.lowest) + " and " +
                        std::to_string(rule.highest));
    };
    const auto check_text = [&](std::string_view text) {
        if (!rule.choices.empty() && std::ranges::find(rule.choices, text) == rule.choices.end())
            throw Error(shown() + " is \"" + printable(text) + "\", which effects must not use");
    };
    if (attribute.type == Type::integer)
        check_integer(attribute.integer);
    else if (attribute.type == Type::text)
        check_text(attribute.text);
    else if (attribute.type == Type::integers)
        std::ranges::for_each(attribute.integers, check_integer);
    else if (attribute.type == Type::texts)
        std::ranges::for_each(attribute.texts, check_text);
}

} // namespace

bool is_one_of(ElementType type, Types types) {
    using enum ElementType;
    switch (types) {
    case Types::floating:
        return type == float16 || type == float32 || type == float64;
    case Types::number:
        return is_one_of(type, Types::floating) || is_one_of(type, Types::index);
    case Types::any:
        return type != none;
    case Types::boolean:
        return type == boolean;
    case Types::integer32:
        return type == int32;
    case Types::integer64:
        return type == int64;
    case Types::index:
        return type == int32 || type == int64;
    }
    return false;
}

std::vector<Slot> slots(std::string_view text, Types own) {
    std::vector<Slot> result;
    while (!text.empty()) {
        std::string_view word = text.substr(0, text.find(' '));
        text.remove_prefix(std::min(word.size() + 1, text.size()));
        Slot slot;
        slot.is_optional = word.ends_with('?');
        slot.is_variadic = word.ends_with('*');
        if (slot.is_optional || slot.is_variadic)
            word.remove_suffix(1);
        const auto colon = word.find(':');
        slot.name = word.substr(0, colon);
        slot.types = colon == word.npos ? own : types_called(word.substr(colon + 1));
        result.push_back(slot);
    }
    return result;
}

void check_signature(const OnnxGraph::Node& node, const Signature& signature) {
    check_names(node.inputs, signature.inputs, "input");
    check_names(node.outputs, signature.outputs, "output");
    const auto& rules = signature.attributes;
    const auto& given = node.attributes;
    for (std::size_t i = 0; i < given.size(); ++i) {
        const auto rule = std::ranges::find(rules, given[i].name, &AttributeRule::name);
        if (rule == rules.end())
            throw Error("its attribute \"" + printable(given[i].name) +
                        "\" is none that effects may use");
        if (std::ranges::any_of(given.begin(), given.begin() + static_cast<std::ptrdiff_t>(i),
                                [&](const auto& other) { return other.name == given[i].name; }))
            throw Error("its attribute " + std::string(rule->name) + " stands twice");
        check_attribute(given[i], *rule);
    }
    for (const AttributeRule& rule : rules)
        if (rule.is_required &&
            std::ranges::find(given, rule.name, &OnnxGraph::Attribute::name) == given.end())
            throw Error("its attribute " + std::string(rule.name) + " is missing");
}

} // namespace tonecast
