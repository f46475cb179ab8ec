#pragma once

#include <array>
#include <cstdio>
#include <string>

namespace tonecast {

/// A duration as messages to users give it, with so many significant digits: "1.1 ms".
inline std::string milliseconds(double us, int digits = 2) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.*g ms", digits, us / 1000.0);
    return text.data();
}

} // namespace tonecast
