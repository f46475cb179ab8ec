#pragma once

#include "engine/kernels/compiled/vec.h"

namespace tonecast::kernels::TONECAST_SET {

/// The highest power's coefficient first.
template <int terms>
TONECAST_INLINE Vec polynomial(const float (&coefficients)[terms], Vec x) {
    Vec y = all(coefficients[0]);
    TONECAST_UNROLL
    for (int i = 1; i < terms; ++i)
        y = multiply_add(y, x, all(coefficients[i]));
    return y;
}

/// exp(x) for −87 ≤ x ≤ 88, and for x below as at −87.
TONECAST_INLINE Vec exponential(Vec x) {
    // Through the Chebyshev nodes of ±ln 2 / 2.
    constexpr float powers[] = {1.394110847e-3F,
                                8.375126398e-3F,
                                4.166635290e-2F,
                                1.666641551e-1F,
                                5.000000047e-1F,
                                1.000000038F,
                                1.0F};
    constexpr float round = 12582912.0F; // 1.5 · 2^23 leaves no digits behind the point
    x = at_least(-87.0F, x);             // exp stays a normal number
    // x = n·ln 2 + r, ln 2 in two parts.
    const Vec n = (x * 1.44269504F + round) - round;
    const Vec r = multiply_add(n, all(2.12194440e-4F), multiply_add(n, all(-0.693359375F), x));
    // Not a number: any n, as r is none either.
    const VecInt exponent = __builtin_convertvector(n, VecInt) << 23;
    return reinterpret_cast<Vec>(reinterpret_cast<VecInt>(polynomial(powers, r)) + exponent);
}

} // namespace tonecast::kernels::TONECAST_SET
