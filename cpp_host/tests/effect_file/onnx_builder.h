#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

/// Writes the few messages of onnx.proto that the tests need, field by field.
namespace onnx {

inline std::string varint(std::uint64_t value) {
    std::string bytes;
    for (; value >= 0x80; value >>= 7)
        bytes += static_cast<char>(0x80 | (value & 0x7F));
    return bytes + static_cast<char>(value);
}

inline std::string field(unsigned number, std::uint64_t value) {
    return varint(number << 3) + varint(value);
}

inline std::string field(unsigned number, std::string_view bytes) {
    return varint(number << 3 | 2) + varint(bytes.size()) + std::string(bytes);
}

inline std::string field(unsigned number, const char* text) {
    return field(number, std::string_view(text));
}

constexpr int dynamic = -1;

/// An input or output: float32 unless told otherwise.
inline std::string value(std::string_view name, std::initializer_list<int> shape,
                         std::uint64_t element_type = 1) {
    std::string dimensions;
    for (const int size : shape)
        dimensions += field(1, size == dynamic ? field(2, "channels")
                                               : field(1, static_cast<std::uint64_t>(size)));
    return field(1, name) +
           field(2, field(1, field(1, element_type) + field(2, std::string_view(dimensions))));
}

inline std::string node(const char* type, std::initializer_list<const char*> inputs,
                        const char* output) {
    std::string names;
    for (const char* input : inputs)
        names += field(1, input);
    return names + field(2, output) + field(4, type);
}

inline std::string node(const char* type, const char* input, const char* output) {
    return node(type, {input}, output);
}

/// float32, of one axis.
inline std::string tensor(const char* name, std::uint64_t size, std::string_view raw_data) {
    return field(1, size) + field(2, 1) + field(8, name) + field(9, raw_data);
}

inline std::string model(std::string_view graph, std::string_view contract) {
    return field(1, 9) + field(7, graph) + field(8, field(2, 20)) +
           field(14, field(1, "tonecast.contract") + field(2, contract));
}

} // namespace onnx
