#pragma once

#include "engine/effect_file/graph_check/known_tensor.h"
#include "engine/effect_file/graph_check/signature.h"
#include "engine/effect_file/onnx_graph.h"

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace tonecast {

/// One node, with what is known of its inputs: what an operator's rule asks, and answers.
///
/// A rule throws Error through require() where ONNX Runtime could not compute the node, and tells
/// the shapes of the outputs otherwise. Names and attributes have been checked already.
class NodeCheck {
public:
    NodeCheck(const OnnxGraph::Node& node, const Signature& signature,
              std::span<const KnownTensor* const> inputs, std::span<KnownTensor* const> outputs);

    std::string_view type() const { return node_.type; }

    std::size_t inputs() const { return inputs_.size(); }
    std::size_t outputs() const { return outputs_.size(); }
    bool has(std::size_t i) const { return i < inputs_.size() && inputs_[i] != nullptr; }
    const KnownTensor& input(std::size_t i) const { return *inputs_[i]; }
    const TensorShape& shape(std::size_t i) const { return inputs_[i]->shape; }
    std::int64_t rank(std::size_t i) const { return static_cast<std::int64_t>(shape(i).size()); }

    /// The elements of an input that decides about shapes. Throws where they depend on the sound.
    const std::vector<std::int64_t>& values(std::size_t i) const;
    /// The same for an input with a single element.
    std::int64_t value(std::size_t i) const;

    const OnnxGraph::Attribute* attribute(std::string_view name) const;
    std::int64_t integer(std::string_view name, std::int64_t otherwise) const;
    std::string_view text(std::string_view name, std::string_view otherwise) const;
    /// `count` integers; so many times `otherwise` where the attribute is left out.
    std::vector<std::int64_t> integers(std::string_view name, std::size_t count,
                                       std::int64_t otherwise) const;

    /// An axis that counts from the end if it is negative, of a tensor with `rank` axes.
    std::size_t axis(std::int64_t given, std::int64_t rank) const;
    /// The same for several, each once.
    std::vector<std::size_t> axes(const std::vector<std::int64_t>& given, std::int64_t rank) const;

    void require(bool holds, std::string_view what) const;

    /// Shape of an output, with the type of the signature, or a type of its own.
    void set(std::size_t output, TensorShape shape);
    void set(std::size_t output, TensorShape shape, ElementType type);
    void set_constant(const OnnxTensor& tensor);
    void set_values(std::vector<std::int64_t> values) { outputs_[0]->values = std::move(values); }
    const KnownTensor& output(std::size_t i) const { return *outputs_[i]; }

    /// What computing it costs: time in units of a multiplication with addition in a product of
    /// large matrices (about 0.05 ns; the rules' numbers are measurements, rounded up), and memory
    /// besides its inputs and outputs.
    void cost(double time, double bytes = 0.0);
    double time() const { return time_; }
    double workspace_bytes() const { return workspace_bytes_; }

private:
    const OnnxGraph::Node& node_;
    const Signature& signature_;
    std::span<const KnownTensor* const> inputs_;
    std::span<KnownTensor* const> outputs_;
    double time_ = 0.0;
    double workspace_bytes_ = 0.0;
};

/// What is known of an initializer, or of another constant in the file.
KnownTensor known(const OnnxTensor& tensor);

/// How many elements a tensor of that shape has.
std::int64_t element_count(const TensorShape& shape);

/// Both shapes as NumPy broadcasts them. Throws Error where it cannot.
TensorShape broadcast(const TensorShape& a, const TensorShape& b);

/// Whether broadcasting `shape` to `wider` gives `wider`.
bool broadcasts_to(const TensorShape& shape, const TensorShape& wider);

} // namespace tonecast
