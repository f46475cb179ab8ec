#pragma once

#include "engine/effect_file/graph_check/signature.h"

#include <string_view>
#include <vector>

namespace tonecast {

/// The version of ONNX's operators that effects are made of. In others an operator may have other
/// inputs or attributes.
inline constexpr int operator_set = 20;

/// All operators that effects may use, by name.
const std::vector<Signature>& operators();

/// One of them; null where effects must not use it. `domain` is empty or "ai.onnx" for the plain
/// ones.
const Signature* find_operator(std::string_view domain, std::string_view type);

} // namespace tonecast
