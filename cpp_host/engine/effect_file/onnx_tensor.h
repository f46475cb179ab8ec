#pragma once

#include "engine/effect_file/element_type.h"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace tonecast {

/// More than any real-time model needs; they bound what reading a hostile file costs.
inline constexpr std::size_t max_rank = 8;
inline constexpr std::uint64_t max_elements = std::uint64_t{1} << 28;

/// A weight or another constant of an ONNX file. The views point into the file.
struct OnnxTensor {
    std::string_view name;
    std::vector<std::int64_t> shape;
    ElementType type = ElementType::none;
    std::string_view raw; // little-endian elements; empty where they stand in another field
    std::vector<std::int64_t> integers; // the elements of a small int32 or int64 tensor
    std::uint64_t elements = 1;
};

/// Small enough for `integers`: shapes, axes, indices.
inline constexpr std::uint64_t max_small = 4096;

/// Reads a TensorProto. Its dimensions must not promise more than the data that the file holds:
/// what is allocated while loading is then bounded by the file's size. Throws MalformedProtobuf and
/// Error.
OnnxTensor read_onnx_tensor(std::string_view message);

} // namespace tonecast
