#pragma once

#include "engine/families/autoencoder/compiled/piecewise_polynomial.h"
#include "engine/kernels/compiled/vec.h"

#include <math.h>

namespace tonecast::kernels::TONECAST_SET {

// Softplus of zero: its value at rest, which is subtracted ahead of the dense layers.
inline constexpr float quiet_gate = 0.693147180559945309F;

/// Times 2^n, for a whole n, in the exponent's bits.
TONECAST_INLINE Vec times_power_of_two(Vec x, Vec n) {
    const VecInt exponent = __builtin_convertvector(n, VecInt) << 23;
    return reinterpret_cast<Vec>(reinterpret_cast<VecInt>(x) + exponent);
}

/// The nearest whole number; adding 1.5 · 2^23 leaves no digits behind the point.
TONECAST_INLINE Vec rounded(Vec x) {
    return (x + 12582912.0F) - 12582912.0F;
}

/// The highest power's coefficient first.
template <int terms>
TONECAST_INLINE Vec polynomial(const float (&coefficients)[terms], Vec x) {
    Vec y = all(coefficients[0]);
    TONECAST_UNROLL
    for (int i = 1; i < terms; ++i)
        y = y * x + coefficients[i];
    return y;
}

/// log(1 + exp(x)) = max(x, 0) + log(1 + exp(−|x|)), within 3e-7 of the true value, relatively.
///
/// Both parts are polynomials through the Chebyshev nodes of their ranges; no division, which would
/// take longer than all the rest.
TONECAST_INLINE Vec softplus(Vec x) {
    constexpr float exponential[] = {1.394110847e-3F,
                                     8.375126398e-3F,
                                     4.166635290e-2F,
                                     1.666641551e-1F,
                                     5.000000047e-1F,
                                     1.000000038F,
                                     1.0F};
    // log(1 + u) / u on 0 … 1
    constexpr float logarithm[] = {
        -3.176057053e-3F, 1.954252744e-2F,  -5.637361321e-2F, 1.054362384e-1F,  -1.526966710e-1F,
        1.966327427e-1F,  -2.495161627e-1F, 3.332971050e-1F,  -4.999989265e-1F, 9.999999947e-1F};
    const Vec a = larger(-abs(x), all(-87.0F)); // exp stays a normal number
    // a = n·ln 2 + r with |r| ≤ ln 2 / 2.
    const Vec n = rounded(a * 1.44269504F);
    const Vec r = (a - n * 0.693359375F) + n * 2.12194440e-4F; // ln 2 in two parts
    const Vec u = times_power_of_two(polynomial(exponential, r), n);
    return larger(x, Vec{}) + u * polynomial(logarithm, u);
}

/// softplus(x) − log 2 with fewer terms, within 1e-6 of the true value. Around zero the polynomials
/// have the true value and slope, so silence stays silence, and what is small keeps its digits.
TONECAST_INLINE Vec softplus_above_rest(Vec x) {
    constexpr float exponential[] = {
        8.312524729e-3F, 4.189012530e-2F, 1.666711451e-1F, 4.999923171e-1F, 1.0F, 1.0F};
    constexpr float logarithm[] = {-7.802986516e-3F, 4.168742481e-2F,  -1.046416007e-1F,
                                   1.755750216e-1F,  -2.443717027e-1F, 3.326709468e-1F,
                                   -4.999696919e-1F, 9.999997693e-1F};
    const Vec a = larger(-abs(x), all(-87.0F));
    const Vec n = rounded(a * 1.44269504F);
    const Vec r = a - n * 0.693147181F;
    const Vec u = times_power_of_two(polynomial(exponential, r), n);
    return (larger(x, Vec{}) - quiet_gate) + u * polynomial(logarithm, u);
}

/// softplus(x) − log 2 = x/2 + log cosh(x/2), whose second part is tabled here for |x| as cubics.
/// The pieces lie between numbers 1 + |x| that begin with the same four binary digits: they are
/// short where the curve bends most, and found in the number's own bits.
using SoftplusTable = Pieces<4>;
inline constexpr float softplus_reach = 14.0F; // from there on a straight line

TONECAST_INLINE VecInt softplus_piece(Vec magnitude) {
    const Vec number = 1.0F + smaller(magnitude, all(softplus_reach));
    return reinterpret_cast<VecInt>(number) >> 20;
}

/// The cubic through four points, of coefficients c[0] … c[3].
inline void interpolate(const double (&x)[4], double (&c)[4]) {
    double y[4]; // divided differences
    for (int i = 0; i < 4; ++i)
        y[i] = c[i];
    for (int order = 1; order < 4; ++order)
        for (int i = 3; i >= order; --i)
            y[i] = (y[i] - y[i - 1]) / (x[i] - x[i - order]);
    for (double& term : c)
        term = 0.0;
    for (int i = 3; i >= 0; --i) { // times (x − x[i]), plus y[i]
        for (int power = 3; power > 0; --power)
            c[power] = c[power - 1] - x[i] * c[power];
        c[0] = y[i] - x[i] * c[0];
    }
}

inline void tabulate_softplus(SoftplusTable& table) {
    for (double width = 0.125, begin = 0.0; begin < static_cast<double>(softplus_reach);
         begin += width) {
        width = begin < 1 ? 0.125 : begin < 3 ? 0.25 : begin < 7 ? 0.5 : 1.0;
        double x[4] = {0.0, 0.25, 0.75, 1.0};
        double c[4];
        for (int i = 0; i < 4; ++i) {
            x[i] = begin + x[i] * width;
            c[i] = 0.5 * x[i] + log1p(exp(-x[i])) - log(2.0);
        }
        interpolate(x, c);
        const int piece = softplus_piece(all(static_cast<float>(begin)))[0] & 31;
        for (int power = 0; power < 4; ++power)
            table[power][piece] = static_cast<float>(c[power]);
    }
    const int at_rest = softplus_piece(Vec{})[0] & 31;
    table[0][at_rest] = table[1][at_rest] = 0.0F; // silence stays silence
    const int straight = softplus_piece(all(softplus_reach))[0] & 31;
    table[0][straight] = static_cast<float>(-log(2.0));
    table[1][straight] = 0.5F;
}

/// Out of that table, within 2e-6 of the true value.
TONECAST_INLINE Vec softplus_above_rest(const SoftplusTable& table, Vec x) {
    const Vec magnitude = abs(x);
    return 0.5F * x + at_piece(table, softplus_piece(magnitude), magnitude);
}

} // namespace tonecast::kernels::TONECAST_SET
