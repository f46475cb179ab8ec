#pragma once

#include <cstddef>
#include <random>

namespace fuzz {

/// An index below `count`, which is not 0. Unlike std::uniform_int_distribution it gives the same
/// with every standard library.
inline std::size_t pick(std::mt19937& random, std::size_t count) {
    return random() % count;
}

} // namespace fuzz
