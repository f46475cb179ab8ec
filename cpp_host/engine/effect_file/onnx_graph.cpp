#include "engine/effect_file/onnx_graph.h"

#include "engine/effect_file/protobuf.h"
#include "engine/effect_file/utf8.h"
#include "engine/error.h"

#include <algorithm>
#include <string>
#include <utility>

namespace tonecast {

namespace {

// More than any real-time model needs; they bound what loading a hostile file costs. ONNX Runtime's
// optimiser takes a time that grows faster than the number of nodes.
constexpr std::size_t max_nodes = 5'000;
constexpr std::size_t max_names = 50'000; // of all nodes' inputs, outputs and attributes
constexpr std::size_t max_initializers = 10'000;
constexpr std::size_t max_values = 1'000;

constexpr std::uint64_t float32 = 1; // TensorProto.DataType

/// Protobuf merges a message that comes twice; a reader that kept one of them would check another
/// model than the one that runs.
void refuse_second(bool seen, const char* what) {
    if (seen)
        throw MalformedProtobuf(std::string("it holds ") + what + " twice");
}

/// Adds the integers of a repeated field, which stand either packed in one field or one to a field.
void add_integers(const ProtobufField& field, std::vector<std::int64_t>& values) {
    const auto add = [&](std::uint64_t value) {
        if (values.size() == max_small)
            throw Error("an attribute in it has more than " + std::to_string(max_small) +
                        " values");
        values.push_back(static_cast<std::int64_t>(value));
    };
    if (field.type != ProtobufField::Type::bytes)
        return add(field.varint());
    for (ProtobufReader packed(field.payload); !packed.at_end();)
        add(packed.read_varint());
}

OnnxGraph::Attribute read_attribute(std::string_view message) {
    OnnxGraph::Attribute result;
    bool has_tensor = false;
    ProtobufReader reader(message);
    for (ProtobufField field; reader.next(field);) {
        switch (field.number) {
        case 1:
            result.name = field.bytes();
            break;
        case 3: // i
            result.integer = static_cast<std::int64_t>(field.varint());
            break;
        case 4: // s
            result.text = field.bytes();
            break;
        case 5: // t
            refuse_second(std::exchange(has_tensor, true), "a tensor");
            result.tensor = read_onnx_tensor(field.bytes());
            break;
        case 7: // floats
            result.numbers += field.count_numbers(4);
            break;
        case 8: // ints
            add_integers(field, result.integers);
            break;
        case 9: // strings
            if (result.texts.size() == max_values)
                throw Error("an attribute in it has more than " + std::to_string(max_values) +
                            " texts");
            result.texts.push_back(field.bytes());
            break;
        case 20: // type
            if (field.varint() > 14)
                throw MalformedProtobuf("an attribute has an unknown type");
            result.type = static_cast<OnnxGraph::Attribute::Type>(field.varint());
            break;
        case 6:  // g
        case 11: // graphs
            throw Error("a node in it carries a sub-graph (control flow), which effects must not");
        case 10: // tensors
        case 14: // tp
        case 15: // type_protos
        case 21: // ref_attr_name
            throw Error("a node in it carries an attribute that no operator of effects has");
        case 22: // sparse_tensor
        case 23: // sparse_tensors
            throw Error("it holds a sparse tensor, which effects must not");
        default:
            break;
        }
    }
    return result;
}

OnnxGraph::Node read_node(std::string_view message) {
    OnnxGraph::Node result;
    ProtobufReader reader(message);
    for (ProtobufField field; reader.next(field);) {
        switch (field.number) {
        case 1:
            result.inputs.push_back(field.bytes());
            break;
        case 2:
            result.outputs.push_back(field.bytes());
            break;
        case 4:
            result.type = field.bytes();
            break;
        case 5:
            result.attributes.push_back(read_attribute(field.bytes()));
            break;
        case 7:
            result.domain = field.bytes();
            break;
        case 8: // overload
            if (!field.bytes().empty())
                throw Error("a node in it calls a function of the file, which effects must not");
            break;
        default:
            break;
        }
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
                if (of_type.number == 6) // denotation
                    continue;
                // Of several types the last one counts.
                refuse_second(std::exchange(has_tensor, true), "a type");
                if (of_type.number == 1)
                    read_tensor_type(of_type.bytes(), value);
            }
        }
    }
    return value;
}

void read_graph(std::string_view message, OnnxGraph& graph) {
    graph.bytes = message;
    std::size_t names = 0;
    ProtobufReader reader(message);
    for (ProtobufField field; reader.next(field);) {
        switch (field.number) {
        case 1: {
            if (graph.nodes.size() == max_nodes)
                throw Error("it has more than " + std::to_string(max_nodes) + " nodes");
            const auto& node = graph.nodes.emplace_back(read_node(field.bytes()));
            names += node.inputs.size() + node.outputs.size() + node.attributes.size();
            if (names > max_names)
                throw Error("its nodes have more than " + std::to_string(max_names) +
                            " inputs, outputs and attributes");
            break;
        }
        case 5: // initializer
            if (graph.initializers.size() == max_initializers)
                throw Error("it has more than " + std::to_string(max_initializers) +
                            " initializers");
            graph.initializers.push_back(read_onnx_tensor(field.bytes()));
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
        case 13: // value_info: ONNX Runtime would trust it where it knows no better
            throw Error("it states shapes of tensors inside of the graph (value_info), which are "
                        "to be left out");
        case 15: // sparse_initializer
            throw Error("it holds a sparse tensor, which effects must not");
        default:
            break;
        }
    }
}

OnnxGraph::OperatorSet read_operator_set(std::string_view message) {
    OnnxGraph::OperatorSet result;
    ProtobufReader reader(message);
    for (ProtobufField field; reader.next(field);) {
        if (field.number == 1)
            result.domain = field.bytes();
        else if (field.number == 2)
            result.version = static_cast<std::int64_t>(field.varint());
    }
    return result;
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
        case 8:
            if (graph.operator_sets.size() == max_values)
                throw Error("it asks for more than " + std::to_string(max_values) +
                            " operator sets");
            graph.operator_sets.push_back(read_operator_set(field.bytes()));
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
