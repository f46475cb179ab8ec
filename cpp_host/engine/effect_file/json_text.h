#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tonecast {

/// A JSON text, written piece by piece. Texts are escaped; numbers are the shortest that give the
/// same double.
std::string json_text(std::string_view text);
std::string json_text(double number);

/// {"name": value, …} of values that are JSON texts already.
std::string json_object(const std::vector<std::pair<std::string, std::string>>& members);
std::string json_array(const std::vector<std::string>& elements);

} // namespace tonecast
