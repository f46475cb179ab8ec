#pragma once

#include <string_view>

namespace tonecast {

/// Whether an effect may use the operator; `domain` is empty or "ai.onnx" for the plain ones.
bool is_operator_allowed(std::string_view domain, std::string_view type);

} // namespace tonecast
