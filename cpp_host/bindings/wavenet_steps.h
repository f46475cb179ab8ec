#pragma once

#include <string>
#include <tuple>
#include <vector>

namespace tonecast {

/// See _engine.pyi.
std::vector<std::tuple<std::string, double, double>>
wavenet_steps(const std::string& network, const std::string& instruction_set, int chunks);

} // namespace tonecast
