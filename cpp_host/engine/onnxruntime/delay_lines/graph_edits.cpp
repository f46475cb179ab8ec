#include "engine/onnxruntime/delay_lines/graph_edits.h"

#include "engine/effect_file/protobuf.h"

#include <vector>

namespace tonecast {

namespace {

void append_varint(std::string& message, std::uint64_t value) {
    for (; value >= 0x80; value >>= 7)
        message += static_cast<char>(0x80 | (value & 0x7F));
    message += static_cast<char>(value);
}

void append(std::string& message, std::uint32_t number, std::uint64_t value) {
    append_varint(message, std::uint64_t{number} << 3);
    append_varint(message, value);
}

void append(std::string& message, std::uint32_t number, std::string_view bytes) {
    append_varint(message, std::uint64_t{number} << 3 | 2);
    append_varint(message, bytes.size());
    message += bytes;
}

void append(std::string& message, const ProtobufField& field) {
    using Type = ProtobufField::Type;
    if (field.type == Type::varint)
        return append(message, field.number, field.integer);
    if (field.type == Type::bytes)
        return append(message, field.number, field.payload);
    append_varint(message,
                  std::uint64_t{field.number} << 3 | (field.type == Type::fixed64 ? 1 : 5));
    message += field.payload;
}

/// The text in the field of that number; of several the last one counts.
std::string_view text_of(std::string_view message, std::uint32_t number) {
    std::string_view text;
    ProtobufReader reader(message);
    for (ProtobufField field; reader.next(field);)
        if (field.number == number)
            text = field.bytes();
    return text;
}

/// A message whose fields of that number are what `change` makes of them.
template <typename Change>
std::string with_changed(std::string_view message, std::uint32_t number, Change change) {
    std::string result;
    ProtobufReader reader(message);
    for (ProtobufField field; reader.next(field);) {
        if (field.number == number)
            append(result, number, std::string_view(change(field.bytes())));
        else
            append(result, field);
    }
    return result;
}

/// AttributeProto: integers, of which the last becomes another one.
std::string with_last_integer(std::string_view attribute, std::int64_t value) {
    std::vector<std::uint64_t> integers;
    std::string result;
    ProtobufReader reader(attribute);
    for (ProtobufField field; reader.next(field);) {
        if (field.number != 8) {
            append(result, field);
        } else if (field.type == ProtobufField::Type::varint) {
            integers.push_back(field.integer);
        } else {
            for (ProtobufReader packed(field.payload); !packed.at_end();)
                integers.push_back(packed.read_varint());
        }
    }
    integers.back() = static_cast<std::uint64_t>(value);
    for (const std::uint64_t integer : integers)
        append(result, 8, integer);
    return result;
}

std::string with_dilation(std::string_view node, std::int64_t dilation) {
    return with_changed(node, 5, [&](std::string_view attribute) {
        return text_of(attribute, 1) == "dilations" ? with_last_integer(attribute, dilation)
                                                    : std::string(attribute);
    });
}

std::string copy_of(std::string_view tensor, std::string_view node) {
    std::string result;
    append(result, 1, tensor);
    append(result, 2, text_of(node, 2));
    append(result, 4, "Identity");
    return result;
}

/// TensorShapeProto.
std::string with_last_axis(std::string_view shape, std::int64_t size) {
    std::vector<std::string_view> axes;
    ProtobufReader reader(shape);
    for (ProtobufField field; reader.next(field);)
        if (field.number == 1)
            axes.push_back(field.bytes());
    std::string last;
    append(last, 1, static_cast<std::uint64_t>(size));
    axes.back() = last;
    std::string result;
    for (const std::string_view axis : axes)
        append(result, 1, axis);
    return result;
}

/// ValueInfoProto: its type, that of a tensor, its shape.
std::string resized(std::string_view value, std::int64_t size) {
    return with_changed(value, 2, [&](std::string_view type) {
        return with_changed(type, 1, [&](std::string_view tensor) {
            return with_changed(
                tensor, 2, [&](std::string_view shape) { return with_last_axis(shape, size); });
        });
    });
}

std::string edited_graph(std::string_view graph, const GraphEdits& edits) {
    std::string result;
    result.reserve(graph.size());
    std::size_t nodes = 0;
    ProtobufReader reader(graph);
    for (ProtobufField field; reader.next(field);) {
        if (field.number == 1) {
            const std::size_t node = nodes++;
            if (edits.dropped.contains(node))
                continue;
            if (const auto copy = edits.copies.find(node); copy != edits.copies.end())
                append(result, 1, std::string_view(copy_of(copy->second, field.payload)));
            else if (const auto found = edits.dilations.find(node); found != edits.dilations.end())
                append(result, 1, std::string_view(with_dilation(field.payload, found->second)));
            else
                append(result, field);
            continue;
        }
        if (field.number == 11 || field.number == 12) { // inputs and outputs
            const auto found = edits.last_axes.find(text_of(field.payload, 1));
            if (found != edits.last_axes.end()) {
                append(result, field.number,
                       std::string_view(resized(field.payload, found->second)));
                continue;
            }
        }
        append(result, field);
    }
    return result;
}

} // namespace

std::string edited(std::string_view model, const GraphEdits& edits) {
    return with_changed(model, 7,
                        [&](std::string_view graph) { return edited_graph(graph, edits); });
}

} // namespace tonecast
