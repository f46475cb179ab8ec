#pragma once

#include "engine/kernels/compiled/vec.h"

namespace tonecast::kernels::TONECAST_SET {

// Softplus of zero, which the dense layers do not want to see.
inline constexpr float quiet_gate = 0.693147180559945309F;

/// log(1 + exp(x)) = max(x, 0) + log(1 + exp(−|x|)), within 3e-7 of the true value, relatively.
///
/// Both parts are polynomials through the Chebyshev nodes of their ranges; no division, which would
/// take longer than all the rest.
TONECAST_INLINE Vec softplus(Vec x) {
    const Vec a = larger(-abs(x), all(-87.0F)); // exp stays a normal number
    // a = n·ln 2 + r with |r| ≤ ln 2 / 2. Adding 1.5 · 2^23 rounds to an integer.
    const Vec n = (a * 1.44269504F + 12582912.0F) - 12582912.0F;
    const Vec r = (a - n * 0.693359375F) + n * 2.12194440e-4F; // ln 2 in two parts
    Vec e = all(1.394110847e-3F);
    e = e * r + 8.375126398e-3F;
    e = e * r + 4.166635290e-2F;
    e = e * r + 1.666641551e-1F;
    e = e * r + 5.000000047e-1F;
    e = e * r + 1.000000038F;
    e = e * r + 1.0F;
    // Times 2^n, in the exponent's bits.
    const VecInt exponent = __builtin_convertvector(n, VecInt) << 23;
    const Vec u = reinterpret_cast<Vec>(reinterpret_cast<VecInt>(e) + exponent);
    Vec q = all(-3.176057053e-3F); // log(1 + u) / u on 0 … 1
    q = q * u + 1.954252744e-2F;
    q = q * u - 5.637361321e-2F;
    q = q * u + 1.054362384e-1F;
    q = q * u - 1.526966710e-1F;
    q = q * u + 1.966327427e-1F;
    q = q * u - 2.495161627e-1F;
    q = q * u + 3.332971050e-1F;
    q = q * u - 4.999989265e-1F;
    q = q * u + 9.999999947e-1F;
    return larger(x, Vec{}) + u * q;
}

} // namespace tonecast::kernels::TONECAST_SET
