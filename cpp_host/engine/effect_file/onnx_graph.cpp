#include "engine/effect_file/onnx_graph.h"

#include "engine/effect_file/protobuf.h"
#include "engine/effect_file/utf8.h"
#include "engine/error.h"

#include <algorithm>
#include <string>
#include <utility>

namespace tonecast {

namespace {

// More than any real-time model needs; they bound what reading a hostile file costs.
constexpr std::size_t max_nodes = 20'000;
constexpr std::size_t max_values = 1'000;
constexpr std::size_t max_rank = 8;
constexpr std::uint64_t max_elements = std::uint64_t{1} << 28;

constexpr std::uint64_t float32 = 1; // TensorProto.DataType

/// Protobuf merges a message that comes twice; a reader that kept one of them would check another
/// model than the one that runs.
void refuse_second(bool seen, const char* what) {
    if (seen)
        throw MalformedProtobuf(std::string("it holds ") + what + " twice");
}

/// Bytes of one element; 0 for types that no effect needs (strings, 8-bit floats and narrower).
std::uint64_t element_size(std::uint64_t data_type) {
    switch (data_type) {
    case 2: // uint8
    case 3: // int8
    case 9: // bool
        return 1;
    case 4:  // uint16
    case 5:  // int16
    case 10: // float16
        return 2;
    case 1:  // float32
    case 6:  // int32
    case 12: // uint32
        return 4;
    case 7:  // int64
    case 11: // float64
    case 13: // uint64
        return 8;
    default:
        return 0;
    }
}

/// Values of a repeated number, which stands either packed in one field or one to a field.
std::uint64_t count_values(const ProtobufField& field, std::uint64_t packed_size) {
    if (field.type != ProtobufField::Type::bytes)
        return 1;
    if (packed_size > 0)
        return field.payload.size() / packed_size;
    return static_cast<std::uint64_t>(
        std::count_if(field.payload.begin(), field.payload.end(),
                      [](char c) { return static_cast<unsigned char>(c) < 0x80; }));
}

/// Its dimensions must not promise more than the data that the file holds: what is allocated while
/// loading is then bounded by the file's size.
OnnxGraph::Tensor read_tensor(std::string_view message) {
    OnnxGraph::Tensor tensor;
    std::uint64_t elements = 1;
    std::uint64_t data_type = 0;
    std::uint64_t typed_values = 0;

    const auto add_dimension = [&](std::uint64_t size) {
        if (tensor.shape.size() == max_rank || size > max_elements)
            throw Error("a tensor in it has absurd dimensions");
        tensor.shape.push_back(static_cast<std::int64_t>(size));
        elements *= size;
        if (elements > max_elements)
            throw Error("a tensor in it has absurd dimensions");
    };

    ProtobufReader reader(message);
    for (ProtobufField field; reader.next(field);) {
        switch (field.number) {
        case 1: // dims
            if (field.type == ProtobufField::Type::bytes)
                for (ProtobufReader packed(field.payload); !packed.at_end();)
                    add_dimension(packed.read_varint());
            else
                add_dimension(field.varint());
            break;
        case 2:
            data_type = field.varint();
            break;
        case 4: // float_data
            typed_values += count_values(field, 4);
            break;
        case 10: // double_data
            typed_values += count_values(field, 8);
            break;
        case 5:  // int32_data
        case 7:  // int64_data
        case 11: // uint64_data
            typed_values += count_values(field, 0);
            break;
        case 8:
            tensor.name = field.bytes();
            break;
        case 9: // raw_data; the last one counts
            tensor.raw = field.bytes();
            break;
        case 13: // external_data
            throw Error("it keeps tensor data in another file; export it with the data inside");
        case 14: // data_location
            if (field.varint() != 0)
                throw Error("it keeps tensor data in another file; export it with the data inside");
            break;
        default:
            break;
        }
    }
    const std::uint64_t size = element_size(data_type);
    const auto shown = [&] { return "tensor \"" + printable(tensor.name) + "\""; };
    if (size == 0)
        throw Error(shown() + " has an element type that effects do not use");
    if (elements > std::max(tensor.raw.size() / size, typed_values))
        throw Error(shown() + " is larger than its data");
    tensor.is_float32 = data_type == float32;
    return tensor;
}

void check_attribute(std::string_view message) {
    ProtobufReader reader(message);
    for (ProtobufField field; reader.next(field);) {
        switch (field.number) {
        case 5:  // t
        case 10: // tensors
            read_tensor(field.bytes());
            break;
        case 6:  // g
        case 11: // graphs
            throw Error("a node in it carries a sub-graph (control flow), which effects must not");
        case 22: // sparse_tensor
        case 23: // sparse_tensors
            throw Error("it holds a sparse tensor, which effects must not");
        default:
            break;
        }
    }
}

OnnxGraph::Operator read_node(std::string_view message) {
    OnnxGraph::Operator result;
    ProtobufReader reader(message);
    for (ProtobufField field; reader.next(field);) {
        if (field.number == 4)
            result.type = field.bytes();
        else if (field.number == 7)
            result.domain = field.bytes();
        else if (field.number == 5)
            check_attribute(field.bytes());
    }
    return result;
}

OnnxGraph::Dimension read_dimension(std::string_view message) {
    OnnxGraph::Dimension result;
    ProtobufReader reader(message);
    for (ProtobufField field; reader.next(field);) {
        if (field.number == 1) { // dim_value
            if (field.varint() > max_elements)
                throw Error("an input or output of it has absurd dimensions");
            result = static_cast<std::int64_t>(field.varint());
        } else if (field.number == 2) { // dim_param
            result.reset();
        }
    }
    return result;
}

std::vector<OnnxGraph::Dimension> read_shape(std::string_view message) {
    std::vector<OnnxGraph::Dimension> shape;
    ProtobufReader reader(message);
    for (ProtobufField field; reader.next(field);) {
        if (field.number != 1)
            continue;
        if (shape.size() == max_rank)
            throw Error("an input or output of it has absurd dimensions");
        shape.push_back(read_dimension(field.bytes()));
    }
    return shape;
}

void read_tensor_type(std::string_view message, OnnxGraph::Value& value) {
    ProtobufReader reader(message);
    for (ProtobufField field; reader.next(field);) {
        if (field.number == 1) {
            value.is_float32 = field.varint() == float32;
        } else if (field.number == 2) {
            refuse_second(value.shape.has_value(), "a shape");
            value.shape = read_shape(field.bytes());
        }
    }
}

OnnxGraph::Value read_value(std::string_view message) {
    OnnxGraph::Value value;
    bool has_type = false;
    ProtobufReader reader(message);
    for (ProtobufField field; reader.next(field);) {
        if (field.number == 1) {
            value.name = field.bytes();
        } else if (field.number == 2) { // TypeProto
            refuse_second(std::exchange(has_type, true), "a type");
            bool has_tensor = false;
            ProtobufReader type(field.bytes());
            for (ProtobufField of_type; type.next(of_type);) {
                if (of_type.number != 1) // denotation, or no tensor
                    continue;
                refuse_second(std::exchange(has_tensor, true), "a type");
                read_tensor_type(of_type.bytes(), value);
            }
        }
    }
    return value;
}

void read_graph(std::string_view message, OnnxGraph& graph) {
    graph.bytes = message;
    ProtobufReader reader(message);
    for (ProtobufField field; reader.next(field);) {
        switch (field.number) {
        case 1:
            if (graph.operators.size() == max_nodes)
                throw Error("it has more than " + std::to_string(max_nodes) + " nodes");
            graph.operators.push_back(read_node(field.bytes()));
            break;
        case 5: // initializer
            graph.initializers.push_back(read_tensor(field.bytes()));
            break;
        case 11:
        case 12: {
            auto& values = field.number == 11 ? graph.inputs : graph.outputs;
            if (values.size() == max_values)
                throw Error("it has more than " + std::to_string(max_values) +
                            " inputs or outputs");
            values.push_back(read_value(field.bytes()));
            break;
        }
        case 15: // sparse_initializer
            throw Error("it holds a sparse tensor, which effects must not");
        default:
            break;
        }
    }
}

OnnxGraph::Metadata read_metadata(std::string_view message) {
    OnnxGraph::Metadata result;
    ProtobufReader reader(message);
    for (ProtobufField field; reader.next(field);) {
        if (field.number == 1)
            result.key = field.bytes();
        else if (field.number == 2)
            result.value = field.bytes();
    }
    return result;
}

} // namespace

OnnxGraph read_onnx_graph(std::string_view model) {
    OnnxGraph graph;
    bool has_graph = false;
    ProtobufReader reader(model);
    for (ProtobufField field; reader.next(field);) {
        switch (field.number) {
        case 7:
            refuse_second(std::exchange(has_graph, true), "a graph");
            read_graph(field.bytes(), graph);
            break;
        case 14:
            graph.metadata.push_back(read_metadata(field.bytes()));
            break;
        case 20:
            throw Error("it holds training information, which effects must not");
        case 25:
            throw Error("it defines functions of its own, which effects must not; inline them");
        default:
            break;
        }
    }
    if (!has_graph)
        throw MalformedProtobuf("it holds no graph");
    return graph;
}

} // namespace tonecast
