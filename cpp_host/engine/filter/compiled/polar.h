#pragma once

#include "engine/kernels/compiled/exponential.h"
#include "engine/kernels/compiled/vec.h"

namespace tonecast::kernels::TONECAST_SET {

struct SineAndCosine {
    Vec sine;
    Vec cosine;
};

/// Of an angle up to some thousands of radians; what is not a number stays so.
TONECAST_INLINE SineAndCosine sine_and_cosine(Vec angle) {
    // Minimax within ±π/4 (Moshier, Cephes).
    constexpr float sine[] = {-1.9515295891e-4F, 8.3321608736e-3F, -1.6666654611e-1F};
    constexpr float cosine[] = {2.443315711809948e-5F, -1.388731625493765e-3F,
                                4.166664568298827e-2F};
    constexpr float round = 12582912.0F; // 1.5 · 2^23 leaves no digits behind the point
    // angle = n·π/2 + r, π/2 in two parts.
    const Vec n = (angle * 0.636619772F + round) - round;
    const Vec r =
        multiply_add(n, all(-4.83826794897e-4F), multiply_add(n, all(-1.5703125F), angle));
    const Vec square = r * r;
    const Vec near_sine = multiply_add(r * square, polynomial(sine, square), r);
    const Vec near_cosine =
        multiply_add(square * square, polynomial(cosine, square), 1.0F - 0.5F * square);
    const VecInt quarter = __builtin_convertvector(n, VecInt);
    const VecInt swapped = (quarter & 1) != 0;
    const VecInt sine_sign = (quarter & 2) << 30;
    const VecInt cosine_sign = ((quarter + 1) & 2) << 30;
    return {reinterpret_cast<Vec>(reinterpret_cast<VecInt>(swapped ? near_cosine : near_sine) ^
                                  sine_sign),
            reinterpret_cast<Vec>(reinterpret_cast<VecInt>(swapped ? near_sine : near_cosine) ^
                                  cosine_sign)};
}

} // namespace tonecast::kernels::TONECAST_SET
