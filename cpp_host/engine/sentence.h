#pragma once

#include <array>
#include <cstdio>
#include <string>

namespace tonecast {

/// A time as sentences to users give it: "1.07 ms".
inline std::string milliseconds(double us) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.3g ms", us / 1000.0);
    return text.data();
}

} // namespace tonecast
