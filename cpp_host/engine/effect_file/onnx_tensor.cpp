#include "engine/effect_file/onnx_tensor.h"

#include "engine/effect_file/protobuf.h"
#include "engine/effect_file/utf8.h"
#include "engine/error.h"

#include <string>
#include <utility>

namespace tonecast {

namespace {

/// The field of TensorProto that holds elements of a type which do not stand in raw_data.
std::uint32_t typed_field(ElementType type) {
    switch (type) {
    case ElementType::float32:
        return 4;
    case ElementType::float64:
        return 10;
    case ElementType::int64:
        return 7;
    case ElementType::uint32:
    case ElementType::uint64:
        return 11;
    default:
        return 5; // int32_data
    }
}

/// Elements of one repeated field: how many, and the first of them if they are integers.
struct TypedData {
    std::uint32_t number;
    std::uint64_t count = 0;
    std::vector<std::int64_t> integers;

    void add(const ProtobufField& field) {
        if (number == 4 || number == 10)
            count += field.count_numbers(number == 4 ? 4 : 8);
        else if (field.type != ProtobufField::Type::bytes)
            add(field.varint());
        else
            for (ProtobufReader packed(field.payload); !packed.at_end();)
                add(packed.read_varint());
    }

private:
    void add(std::uint64_t value) {
        if (count++ >= max_small)
            return;
        integers.push_back(number == 5 ? static_cast<std::int32_t>(value) // as protobuf cuts it
                                       : static_cast<std::int64_t>(value));
    }
};

/// Little-endian integers of so many bytes.
std::vector<std::int64_t> decode(std::string_view raw, std::size_t bytes) {
    std::vector<std::int64_t> values;
    for (std::size_t at = 0; at < raw.size(); at += bytes) {
        std::uint64_t value = 0;
        for (std::size_t i = bytes; i-- > 0;)
            value = value << 8 | static_cast<unsigned char>(raw[at + i]);
        values.push_back(bytes == 4 ? static_cast<std::int32_t>(value)
                                    : static_cast<std::int64_t>(value));
    }
    return values;
}

} // namespace

OnnxTensor read_onnx_tensor(std::string_view message) {
    OnnxTensor tensor;
    bool has_raw = false;
    TypedData typed[] = {{4, 0, {}}, {5, 0, {}}, {7, 0, {}}, {10, 0, {}}, {11, 0, {}}};

    const auto add_dimension = [&](std::uint64_t size) {
        if (tensor.shape.size() == max_rank || size > max_elements)
            throw Error("a tensor in it has absurd dimensions");
        tensor.shape.push_back(static_cast<std::int64_t>(size));
        tensor.elements *= size;
        if (tensor.elements > max_elements)
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
            tensor.type = element_type(field.varint());
            break;
        case 8:
            tensor.name = field.bytes();
            break;
        case 9: // raw_data; the last one counts
            tensor.raw = field.bytes();
            has_raw = true;
            break;
        case 13: // external_data
            throw Error("it keeps tensor data in another file; export it with the data inside");
        case 14: // data_location
            if (field.varint() != 0)
                throw Error("it keeps tensor data in another file; export it with the data inside");
            break;
        default:
            for (TypedData& data : typed)
                if (data.number == field.number)
                    data.add(field);
            break;
        }
    }
    const auto shown = [&] { return "tensor \"" + printable(tensor.name) + "\""; };
    const std::uint64_t size = element_bytes(tensor.type);
    if (size == 0)
        throw Error(shown() + " has an element type that effects do not use");
    // ONNX Runtime would have to choose between the fields, and to pass over what is too much.
    const std::uint32_t used = has_raw ? 0 : typed_field(tensor.type);
    std::uint64_t given = has_raw ? tensor.raw.size() : 0;
    for (TypedData& data : typed) {
        if (data.number == used) {
            given = data.count * size;
            if (tensor.type == ElementType::int32 || tensor.type == ElementType::int64)
                tensor.integers = std::move(data.integers);
        } else if (data.count != 0) {
            throw Error(shown() + " holds data of two kinds");
        }
    }
    if (given < tensor.elements * size)
        throw Error(shown() + " is larger than its data");
    if (given > tensor.elements * size)
        throw Error(shown() + " is smaller than its data");
    const bool is_index = tensor.type == ElementType::int32 || tensor.type == ElementType::int64;
    if (has_raw && is_index && tensor.elements <= max_small)
        tensor.integers = decode(tensor.raw, size);
    if (tensor.elements > max_small)
        tensor.integers.clear();
    return tensor;
}

} // namespace tonecast
