#pragma once

#include "engine/kernels/compiled/vec.h"

#include <math.h>

/// Two weights of 16 bits in the place of one: half the memory, which is what the locally connected
/// layer waits for. Weights that share a scale; products with either one come out 65,536 · 32,767
/// times too large by it.
namespace tonecast::kernels::TONECAST_SET {

inline constexpr double pair_one = 65536.0 * 32767.0;

/// From −1 to 1, whatever a file holds: NaN has no place in 16 bits.
inline double within_one(double weight) {
    return fmin(fmax(weight, -1.0), 1.0);
}

/// Of weights from −1 to 1.
inline int pack_pair(double upper, double lower) {
    const double low = rint(within_one(lower) * 32767.0);
    // read_upper() takes the lower weight for digits behind the point: leave room for it.
    const double high = rint(within_one(upper) * 32767.0 - low / 65536.0);
    return static_cast<int>(high * 65536.0 + low);
}

TONECAST_INLINE Vec read_upper(VecInt pair) {
    return __builtin_convertvector(pair, Vec);
}
TONECAST_INLINE Vec read_lower(VecInt pair) {
    return __builtin_convertvector(pair << 16, Vec);
}

} // namespace tonecast::kernels::TONECAST_SET
