#pragma once

#include "engine/error.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace tonecast {

/// The bytes are no protobuf message.
class MalformedProtobuf : public Error {
public:
    using Error::Error;
};

/// One field of a protobuf message.
struct ProtobufField {
    enum class Type { varint, fixed64, bytes, fixed32 };

    std::uint32_t number = 0;
    Type type = Type::varint;
    std::uint64_t integer = 0; // of a varint
    std::string_view payload;  // of all others

    // These throw where the schema wants another type than the file has.
    std::uint64_t varint() const;
    std::string_view bytes() const; // a string, bytes, a message or a packed array
    /// How many numbers of so many bytes it holds: one, or a packed array.
    std::size_t count_numbers(std::size_t number_bytes) const;
};

/// Walks the fields of one message in protobuf's wire format, checking every length, without the
/// protobuf library (https://protobuf.dev/programming-guides/encoding).
class ProtobufReader {
public:
    explicit ProtobufReader(std::string_view message) : rest_(message) {}

    /// The next field; false at the end. Throws MalformedProtobuf.
    bool next(ProtobufField& field);

    bool at_end() const { return rest_.empty(); }
    std::uint64_t read_varint();

private:
    std::string_view take(std::uint64_t count);

    std::string_view rest_;
};

} // namespace tonecast
