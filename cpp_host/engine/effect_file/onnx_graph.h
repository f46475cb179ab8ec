#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace tonecast {

/// What the outside of an ONNX model shows, read straight from the file. The views point into it.
struct OnnxGraph {
    using Dimension = std::optional<std::int64_t>; // none where it is symbolic

    /// An input or output of the graph.
    struct Value {
        std::string_view name;
        bool is_float32 = false;
        std::optional<std::vector<Dimension>> shape; // none where even the rank is open
    };

    /// A weight or another constant.
    struct Tensor {
        std::string_view name;
        std::vector<std::int64_t> shape;
        bool is_float32 = false;
        std::string_view raw; // little-endian elements; empty where they stand in another field
    };

    struct Operator {
        std::string_view type;
        std::string_view domain;
    };

    struct Metadata {
        std::string_view key;
        std::string_view value;
    };

    std::string_view bytes; ///< the GraphProto
    std::vector<Metadata> metadata;
    std::vector<Operator> operators; ///< of every node, in the file's order
    std::vector<Value> inputs;
    std::vector<Value> outputs;
    std::vector<Tensor> initializers;
};

/// Reads a ModelProto (onnx.proto of the ONNX project). Throws MalformedProtobuf where it is none,
/// or a damaged one, and Error where it holds what no effect may hold, whatever its operators:
/// data in other files, tensors larger than their data, sub-graphs, functions, training
/// information, sparse tensors.
OnnxGraph read_onnx_graph(std::string_view model);

} // namespace tonecast
