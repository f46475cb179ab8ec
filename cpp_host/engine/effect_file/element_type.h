#pragma once

#include <cstdint>
#include <string_view>

namespace tonecast {

/// What a tensor is made of, numbered as TensorProto.DataType.
enum class ElementType : std::uint8_t {
    none = 0, // also those that no effect needs: strings, complex numbers, 8-bit floats, …
    float32 = 1,
    uint8 = 2,
    int8 = 3,
    uint16 = 4,
    int16 = 5,
    int32 = 6,
    int64 = 7,
    boolean = 9,
    float16 = 10,
    float64 = 11,
    uint32 = 12,
    uint64 = 13,
};

/// The type of that number in a file; `none` where effects do not use it.
constexpr ElementType element_type(std::uint64_t number) {
    const bool known = number >= 1 && number <= 13 && number != 8; // 8: strings
    return known ? static_cast<ElementType>(number) : ElementType::none;
}

/// Bytes of one element; 0 for `none`.
constexpr std::uint64_t element_bytes(ElementType type) {
    switch (type) {
    case ElementType::none:
        return 0;
    case ElementType::uint8:
    case ElementType::int8:
    case ElementType::boolean:
        return 1;
    case ElementType::uint16:
    case ElementType::int16:
    case ElementType::float16:
        return 2;
    case ElementType::float32:
    case ElementType::int32:
    case ElementType::uint32:
        return 4;
    case ElementType::int64:
    case ElementType::float64:
    case ElementType::uint64:
        return 8;
    }
    return 0;
}

/// As errors call it.
constexpr std::string_view element_name(ElementType type) {
    constexpr std::string_view names[] = {"none",    "float32", "uint8",  "int8",   "uint16",
                                          "int16",   "int32",   "int64",  "string", "bool",
                                          "float16", "float64", "uint32", "uint64"};
    return names[static_cast<std::size_t>(type)];
}

} // namespace tonecast
