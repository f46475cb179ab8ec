#include "engine/effect_file/graph_check/node_check.h"

#include "engine/effect_file/onnx_tensor.h"
#include "engine/error.h"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

namespace tonecast {

NodeCheck::NodeCheck(const OnnxGraph::Node& node, const Signature& signature,
                     std::span<const KnownTensor* const> inputs,
                     std::span<KnownTensor* const> outputs)
    : node_(node), signature_(signature), inputs_(inputs), outputs_(outputs) {
    const ElementType own = has(0) ? input(0).type : ElementType::none;
    for (std::size_t i = 0; i < inputs.size(); ++i) {
        if (inputs[i] == nullptr)
            continue;
        const Slot& slot = signature.input(i);
        const bool is_own = slot.types == signature.input(0).types;
        if (!is_one_of(inputs[i]->type, slot.types) || (is_own && inputs[i]->type != own))
            throw Error("its input " + std::string(slot.name) + " must not be of " +
                        std::string(element_name(inputs[i]->type)));
        // A shape or a list of axes may be empty: those of a scalar.
        if (slot.types != Types::integer64 && element_count(inputs[i]->shape) == 0)
            throw Error("its input " + std::string(slot.name) + " is empty");
    }
}

const std::vector<std::int64_t>& NodeCheck::values(std::size_t i) const {
    if (!input(i).values)
        throw Error("its input " + std::string(signature_.input(i).name) +
                    " must be a constant, so that shapes do not follow the sound");
    return *input(i).values;
}

std::int64_t NodeCheck::value(std::size_t i) const {
    require(values(i).size() == 1 && rank(i) <= 1, "an input that is one number has several");
    return values(i)[0];
}

const OnnxGraph::Attribute* NodeCheck::attribute(std::string_view name) const {
    const auto found = std::ranges::find(node_.attributes, name, &OnnxGraph::Attribute::name);
    return found == node_.attributes.end() ? nullptr : &*found;
}

std::int64_t NodeCheck::integer(std::string_view name, std::int64_t otherwise) const {
    const auto* found = attribute(name);
    return found == nullptr ? otherwise : found->integer;
}

std::string_view NodeCheck::text(std::string_view name, std::string_view otherwise) const {
    const auto* found = attribute(name);
    return found == nullptr ? otherwise : found->text;
}

std::vector<std::int64_t> NodeCheck::integers(std::string_view name, std::size_t count,
                                              std::int64_t otherwise) const {
    const auto* found = attribute(name);
    if (found == nullptr)
        return std::vector<std::int64_t>(count, otherwise);
    if (found->integers.size() != count)
        throw Error("its attribute " + std::string(name) + " must have " + std::to_string(count) +
                    " values");
    return found->integers;
}

std::size_t NodeCheck::axis(std::int64_t given, std::int64_t rank) const {
    require(given >= -rank && given < rank, "it names an axis that its input does not have");
    return static_cast<std::size_t>(given < 0 ? given + rank : given);
}

std::vector<std::size_t> NodeCheck::axes(const std::vector<std::int64_t>& given,
                                         std::int64_t rank) const {
    std::vector<std::size_t> result;
    for (const std::int64_t one : given) {
        const std::size_t found = axis(one, rank);
        require(std::ranges::find(result, found) == result.end(), "it names an axis twice");
        result.push_back(found);
    }
    return result;
}

void NodeCheck::require(bool holds, std::string_view what) const {
    if (!holds)
        throw Error(std::string(what));
}

void NodeCheck::set(std::size_t output, TensorShape shape) {
    const Types types = signature_.output(output).types;
    const ElementType type = types == Types::boolean     ? ElementType::boolean
                             : types == Types::integer64 ? ElementType::int64
                                                         : input(0).type;
    set(output, std::move(shape), type);
}

void NodeCheck::set(std::size_t output, TensorShape shape, ElementType type) {
    if (output >= outputs_.size())
        return;
    require(shape.size() <= max_rank, "it makes a tensor of too many axes");
    std::uint64_t elements = 1;
    for (const std::int64_t size : shape) {
        require(size >= 1, "it makes a tensor without elements");
        require(static_cast<std::uint64_t>(size) <= max_elements / elements,
                "it makes a tensor of absurd size");
        elements *= static_cast<std::uint64_t>(size);
    }
    if (outputs_[output] == nullptr) // unnamed
        return;
    outputs_[output]->type = type;
    outputs_[output]->shape = std::move(shape);
    outputs_[output]->values.reset();
}

void NodeCheck::set_constant(const OnnxTensor& tensor) {
    *outputs_[0] = known(tensor);
}

void NodeCheck::cost(double time, double bytes) {
    time_ += time;
    workspace_bytes_ += bytes;
}

KnownTensor known(const OnnxTensor& tensor) {
    KnownTensor result{tensor.type, tensor.shape, true, std::nullopt};
    if (is_one_of(tensor.type, Types::index) && tensor.integers.size() == tensor.elements)
        result.values = tensor.integers;
    return result;
}

std::int64_t element_count(const TensorShape& shape) {
    std::int64_t count = 1;
    for (const std::int64_t size : shape)
        count *= size;
    return count;
}

TensorShape broadcast(const TensorShape& a, const TensorShape& b) {
    const TensorShape& longer = a.size() >= b.size() ? a : b;
    const TensorShape& shorter = a.size() >= b.size() ? b : a;
    TensorShape result = longer;
    const std::size_t offset = longer.size() - shorter.size();
    for (std::size_t i = 0; i < shorter.size(); ++i) {
        std::int64_t& size = result[offset + i];
        if (size != shorter[i] && size != 1 && shorter[i] != 1)
            throw Error("its inputs have shapes that do not fit each other");
        size = std::max(size, shorter[i]);
    }
    return result;
}

bool broadcasts_to(const TensorShape& shape, const TensorShape& wider) {
    if (shape.size() > wider.size())
        return false;
    const std::size_t offset = wider.size() - shape.size();
    for (std::size_t i = 0; i < shape.size(); ++i)
        if (shape[i] != wider[offset + i] && shape[i] != 1)
            return false;
    return true;
}

} // namespace tonecast
