#pragma once

#include "engine/effect_file/onnx_tensor.h"

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace tonecast {

/// An ONNX model, read straight from the file. The views point into it.
struct OnnxGraph {
    using Tensor = OnnxTensor;
    using Dimension = std::optional<std::int64_t>; // none where it is symbolic

    /// An input or output of the graph.
    struct Value {
        std::string_view name;
        bool is_float32 = false;
        std::optional<std::vector<Dimension>> shape; // none where even the rank is open
    };

    struct Attribute {
        enum class Type { none, number, integer, text, tensor, numbers = 6, integers, texts };

        std::string_view name;
        Type type = Type::none;
        // What the type names; texts and numbers that nothing asks for are only counted.
        std::int64_t integer = 0;
        std::vector<std::int64_t> integers;
        std::string_view text;
        std::vector<std::string_view> texts;
        std::size_t numbers = 0;
        Tensor tensor;
    };

    struct Node {
        std::string_view type;
        std::string_view domain;
        std::vector<std::string_view> inputs; // empty where one is left out
        std::vector<std::string_view> outputs;
        std::vector<Attribute> attributes;
    };

    struct Metadata {
        std::string_view key;
        std::string_view value;
    };

    /// The version of a domain's operators that the file asks for.
    struct OperatorSet {
        std::string_view domain;
        std::int64_t version = 0;
    };

    std::string_view bytes; ///< the GraphProto
    std::vector<Metadata> metadata;
    std::vector<OperatorSet> operator_sets;
    std::vector<Node> nodes; ///< in the file's order
    std::vector<Value> inputs;
    std::vector<Value> outputs;
    std::vector<Tensor> initializers;
};

/// Reads a ModelProto (onnx.proto of the ONNX project). Throws MalformedProtobuf where it is none,
/// or a damaged one, and Error where it holds what no effect may hold, whatever its operators:
/// data in other files, tensors larger than their data, sub-graphs, functions, training
/// information, sparse tensors, shapes of inner tensors.
OnnxGraph read_onnx_graph(std::string_view model);

} // namespace tonecast
