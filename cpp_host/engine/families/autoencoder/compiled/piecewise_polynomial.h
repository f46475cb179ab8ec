#pragma once

#include "engine/kernels/compiled/vec.h"

#if defined(__AVX2__)
#include <immintrin.h>
#endif

namespace tonecast::kernels::TONECAST_SET {

/// Pieces of a curve: c0 + c1·x + c2·x² + …, each coefficient of all pieces side by side.
template <int terms>
using Pieces = float[terms][32];

/// Whether a piece is found by one instruction.
#if defined(__AVX512F__)
inline constexpr bool finds_pieces_quickly = true;
#else
inline constexpr bool finds_pieces_quickly = false;
#endif

/// table[index] in every lane; only the last five bits of an index count.
TONECAST_INLINE Vec look_up(const float (&table)[32], VecInt index) {
#if defined(__AVX512F__)
    return reinterpret_cast<Vec>(_mm512_permutex2var_ps(
        reinterpret_cast<__m512>(load(table)), reinterpret_cast<__m512i>(index),
        reinterpret_cast<__m512>(load(table + 16))));
#elif defined(__AVX2__)
    const auto at = reinterpret_cast<__m256i>(index);
    Vec quarter[4];
    TONECAST_UNROLL
    for (int i = 0; i < 4; ++i)
        quarter[i] = reinterpret_cast<Vec>(
            _mm256_permutevar8x32_ps(reinterpret_cast<__m256>(load(table + 8 * i)), at));
    const Vec low = (index & 8) != 0 ? quarter[1] : quarter[0];
    const Vec high = (index & 8) != 0 ? quarter[3] : quarter[2];
    return (index & 16) != 0 ? high : low;
#else
    Vec found{};
    for (int i = 0; i < lanes; ++i)
        found[i] = table[index[i] & 31];
    return found;
#endif
}

/// The polynomial of piece `index` at x.
template <int terms>
TONECAST_INLINE Vec at_piece(const float (&curve)[terms][32], VecInt index, Vec x) {
    Vec y = look_up(curve[terms - 1], index);
    TONECAST_UNROLL
    for (int power = terms - 2; power >= 0; --power)
        y = look_up(curve[power], index) + x * y;
    return y;
}

} // namespace tonecast::kernels::TONECAST_SET
