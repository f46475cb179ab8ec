#include "tests/fuzz/mutate_message.h"

#include "engine/effect_file/protobuf.h"
#include "tests/effect_file/onnx_builder.h"
#include "tests/fuzz/mutate_json.h"
#include "tests/fuzz/pick.h"

#include <array>
#include <optional>
#include <utility>
#include <vector>

namespace fuzz {

namespace {

using tonecast::ProtobufField;
using Type = ProtobufField::Type;

struct Field {
    std::uint32_t number;
    Type type;
    std::uint64_t integer;
    std::string payload;
};

using Fields = std::vector<Field>;

std::optional<Fields> parse(std::string_view message) {
    Fields fields;
    try {
        tonecast::ProtobufReader reader(message);
        for (ProtobufField field; reader.next(field);)
            fields.push_back({field.number, field.type, field.integer, std::string(field.payload)});
    } catch (const tonecast::MalformedProtobuf&) {
        return {};
    }
    return fields;
}

std::string serialised(const Fields& fields) {
    std::string bytes;
    for (const Field& field : fields) {
        constexpr unsigned wire_types[] = {0, 1, 2, 5}; // in the order of Type
        bytes += onnx::varint(std::uint64_t{field.number} << 3 |
                              wire_types[static_cast<std::size_t>(field.type)]);
        if (field.type == Type::varint)
            bytes += onnx::varint(field.integer);
        if (field.type == Type::bytes)
            bytes += onnx::varint(field.payload.size());
        bytes += field.payload;
    }
    return bytes;
}

std::uint64_t stumbling_block(std::uint64_t before, std::mt19937& random) {
    constexpr std::array<std::uint64_t, 20> values{
        0,
        1,
        2,
        3,
        7,
        8,
        9,
        16,
        64,
        127,
        128,
        255,
        65536,
        (std::uint64_t{1} << 28) + 1,
        (std::uint64_t{1} << 31) - 1,
        std::uint64_t{1} << 31,
        std::uint64_t{1} << 32,
        std::uint64_t{1} << 62,
        std::uint64_t{1} << 63,
        ~std::uint64_t{0},
    };
    switch (pick(random, 5)) {
    case 0:
        return before + 1;
    case 1:
        return before - 1;
    case 2:
        return std::uint64_t{0} - before;
    case 3:
        return std::uint64_t{0} - pick(random, 10); // small negative numbers, as ONNX writes axes
    default:
        return values[pick(random, values.size())];
    }
}

std::string mutate_bytes(std::string bytes, std::mt19937& random) {
    if (bytes.empty())
        return std::string(1 + pick(random, 8), static_cast<char>(random() % 256));
    switch (pick(random, 5)) {
    case 0:
        bytes.resize(pick(random, bytes.size()));
        break;
    case 1:
        bytes += bytes.substr(pick(random, bytes.size()));
        break;
    case 2:
        bytes.clear();
        break;
    default:
        for (std::size_t i = 1 + pick(random, 4); i > 0; --i)
            bytes[pick(random, bytes.size())] = static_cast<char>(random() % 256);
    }
    return bytes;
}

/// An index, those of large messages not more often than others: a graph has many nodes, and one
/// list of outputs.
std::size_t pick_field(const Fields& fields, std::mt19937& random) {
    const std::uint32_t number = fields[pick(random, fields.size())].number;
    const std::size_t start = pick(random, fields.size());
    for (std::size_t i = start; i < fields.size(); ++i)
        if (fields[i].number == number)
            return i;
    return start;
}

void mutate_value(Field& field, std::mt19937& random) {
    const auto inner = field.type == Type::bytes ? parse(field.payload) : std::nullopt;
    if (field.payload.starts_with('{') && pick(random, 8) > 0)
        field.payload = mutate_json(field.payload, random);
    else if (inner && !inner->empty() && pick(random, 16) > 0)
        field.payload = mutate_message(field.payload, random);
    else if (field.type == Type::varint)
        field.integer = stumbling_block(field.integer, random);
    else if (field.type == Type::bytes)
        field.payload = mutate_bytes(std::move(field.payload), random);
    else
        field.payload[pick(random, field.payload.size())] ^= static_cast<char>(random() % 256);
}

} // namespace

std::string mutate_message(std::string_view message, std::mt19937& random) {
    auto fields = parse(message);
    if (!fields || fields->empty())
        return mutate_bytes(std::string(message), random);
    const std::size_t at = pick_field(*fields, random);
    const auto here = fields->begin() + static_cast<std::ptrdiff_t>(at);
    Field& other = (*fields)[pick(random, fields->size())];
    switch (pick(random, 16)) {
    case 0:
        fields->erase(here);
        break;
    case 1:
        fields->insert(here, Field(*here));
        break;
    case 2:
        std::swap(*here, other);
        break;
    case 3:
        here->payload = here->type == other.type ? other.payload : here->payload;
        here->integer = other.integer;
        break;
    case 4:
        here->number = 1 + static_cast<std::uint32_t>(pick(random, 21));
        break;
    default:
        mutate_value(*here, random);
    }
    return serialised(*fields);
}

} // namespace fuzz
