#pragma once

#include "engine/effect_file/element_type.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace tonecast {

using TensorShape = std::vector<std::int64_t>;

/// A tensor of a graph, as far as it is known before anything is run.
struct KnownTensor {
    ElementType type = ElementType::none;
    TensorShape shape;
    bool is_constant = false; // made of constants alone: ONNX Runtime computes it while loading
    std::optional<std::vector<std::int64_t>> values; // of a small integer tensor
};

} // namespace tonecast
