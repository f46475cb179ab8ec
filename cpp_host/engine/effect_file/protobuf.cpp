#include "engine/effect_file/protobuf.h"

#include <limits>

namespace tonecast {

std::uint64_t ProtobufField::varint() const {
    if (type != Type::varint)
        throw MalformedProtobuf("a field is not the integer that it should be");
    return integer;
}

std::string_view ProtobufField::bytes() const {
    if (type != Type::bytes)
        throw MalformedProtobuf("a field is not the text or message that it should be");
    return payload;
}

std::size_t ProtobufField::count_numbers(std::size_t number_bytes) const {
    // The protobuf library passes over a field of another type: it would count others.
    const Type single = number_bytes == 4 ? Type::fixed32 : Type::fixed64;
    if ((type != single && type != Type::bytes) || payload.size() % number_bytes != 0)
        throw MalformedProtobuf("a field does not hold the numbers that it should");
    return payload.size() / number_bytes;
}

bool ProtobufReader::next(ProtobufField& field) {
    if (rest_.empty())
        return false;
    const std::uint64_t tag = read_varint();
    if (tag > std::numeric_limits<std::uint32_t>::max() || (tag >> 3) == 0)
        throw MalformedProtobuf("a field number is out of range");
    field.number = static_cast<std::uint32_t>(tag >> 3);
    field.integer = 0;
    field.payload = {};
    using Type = ProtobufField::Type;
    switch (tag & 7) {
    case 0:
        field.type = Type::varint;
        field.integer = read_varint();
        return true;
    case 1:
        field.type = Type::fixed64;
        field.payload = take(8);
        return true;
    case 2:
        field.type = Type::bytes;
        field.payload = take(read_varint());
        return true;
    case 5:
        field.type = Type::fixed32;
        field.payload = take(4);
        return true;
    default: // groups: never used by ONNX
        throw MalformedProtobuf("a field has an unknown wire type");
    }
}

std::uint64_t ProtobufReader::read_varint() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
        const auto byte = static_cast<unsigned char>(take(1).front());
        value |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
        if (byte < 0x80)
            return value;
    }
    throw MalformedProtobuf("an integer is longer than ten bytes");
}

std::string_view ProtobufReader::take(std::uint64_t count) {
    if (count > rest_.size())
        throw MalformedProtobuf("it ends in the middle of a field");
    const auto taken = rest_.substr(0, static_cast<std::size_t>(count));
    rest_.remove_prefix(taken.size());
    return taken;
}

} // namespace tonecast
