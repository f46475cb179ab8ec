#pragma once

#include "engine/kernels/compiled/exponential.h"
#include "engine/kernels/compiled/vec.h"

/// Activations, exact to a few units in the last place. What is not a number stays so: a comparison
/// with it is false, so it is never the one that a clip takes.
namespace tonecast::kernels::TONECAST_SET {

TONECAST_INLINE Vec clip(Vec x, float low, float high) {
    return at_most(high, at_least(low, x));
}

/// Where it is small a polynomial, whose error is relative; where it is not (1 − e) / (1 + e) with
/// e = exp(−2|x|), which loses nothing on the way to 1. Networks of many layers add such errors up.
TONECAST_INLINE Vec tanh(Vec x) {
    constexpr float powers[] = {-5.742998328e-3F, 2.067147382e-2F, -5.374911427e-2F,
                                1.333154887e-1F, -3.333328664e-1F}; // minimax up to 0.62, 4e-9
    constexpr float small = 0.6F;
    const Vec size = abs(x);
    const Vec square = x * x;
    const Vec near = multiply_add(x * square, polynomial(powers, square), x);
    const Vec e = exponential(-2.0F * size);
    const Vec far = (1.0F - e) / (1.0F + e);
    return size < small ? near : x < 0.0F ? -far : far;
}

/// above / below: of what is multiplied and added up before it is divided, once.
struct Ratio {
    Vec above;
    Vec below;
};

/// tanh(x) as x · P(x²) / Q(x²), within 2.1e-8 of the true value, relatively, before rounding:
/// minimax by reweighted least squares up to 9.02, where the true value rounds to 1. Near 1 it
/// rounds more often than tanh() does, but it takes fewer operations, and they wait less for each
/// other.
TONECAST_INLINE Ratio tanh_ratio(Vec x) {
    constexpr float above[] = {1.33190676e-8F, 2.05834785e-5F, 3.49403452e-3F, 1.33797184e-1F,
                               1.0F};
    constexpr float below[] = {7.76201773e-7F, 3.28309252e-4F, 2.5871072e-2F, 4.67130333e-1F, 1.0F};
    x = clip(x, -9.02F, 9.02F);
    const Vec square = x * x;
    return {x * polynomial(above, square), polynomial(below, square)};
}

TONECAST_INLINE Vec sigmoid(Vec x) {
    const Vec e = exponential(-abs(x));
    return (x < 0.0F ? e : all(1.0F)) / (1.0F + e);
}

TONECAST_INLINE Vec silu(Vec x) {
    return x * sigmoid(x);
}

TONECAST_INLINE Vec hard_tanh(Vec x) {
    return clip(x, -1.0F, 1.0F);
}

TONECAST_INLINE Vec hard_swish(Vec x) {
    return x * clip(x + 3.0F, 0.0F, 6.0F) / 6.0F;
}

TONECAST_INLINE Vec softsign(Vec x) {
    return x / (1.0F + abs(x));
}

TONECAST_INLINE Vec leaky_hard_tanh(Vec x, float low, float high, float slope_below,
                                    float slope_above) {
    const Vec under = low + slope_below * (x - low);
    const Vec over = high + slope_above * (x - high);
    return x < low ? under : x > high ? over : x;
}

} // namespace tonecast::kernels::TONECAST_SET
