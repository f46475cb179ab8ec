#pragma once

#include "engine/kernels/compiled/vec.h"

namespace tonecast::kernels::TONECAST_SET {

/// a and b by turns, lane by lane: of their first halves, and of their second halves.
struct Interleaved {
    Vec first;
    Vec second;
};

TONECAST_INLINE Interleaved interleave(Vec a, Vec b) {
#if defined(__AVX512F__)
    return {__builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23),
            __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15,
                                    31)};
#elif defined(__AVX2__)
    return {__builtin_shufflevector(a, b, 0, 8, 1, 9, 2, 10, 3, 11),
            __builtin_shufflevector(a, b, 4, 12, 5, 13, 6, 14, 7, 15)};
#else
    return {__builtin_shufflevector(a, b, 0, 4, 1, 5), __builtin_shufflevector(a, b, 2, 6, 3, 7)};
#endif
}

/// A square of as many vectors as there are lanes. One step puts the halves of all rows between
/// each other; when every row has been doubled to all lanes, columns have become rows.
TONECAST_INLINE void transpose(Vec (&square)[lanes]) {
    TONECAST_UNROLL
    for (int step = 1; step < lanes; step *= 2) {
        Vec next[lanes];
        TONECAST_UNROLL
        for (int i = 0; i < lanes / 2; ++i) {
            const Interleaved pair = interleave(square[i], square[i + lanes / 2]);
            next[2 * i] = pair.first;
            next[2 * i + 1] = pair.second;
        }
        TONECAST_UNROLL
        for (int i = 0; i < lanes; ++i)
            square[i] = next[i];
    }
}

/// A matrix whose sizes are multiples of the lanes.
template <int rows, int columns>
inline void transpose(const float (&in)[rows][columns], float (&out)[columns][rows]) {
    for (int r = 0; r < rows; r += lanes) {
        for (int c = 0; c < columns; c += lanes) {
            Vec square[lanes];
            TONECAST_UNROLL
            for (int i = 0; i < lanes; ++i)
                square[i] = load(in[r + i] + c);
            transpose(square);
            TONECAST_UNROLL
            for (int i = 0; i < lanes; ++i)
                store(out[c + i] + r, square[i]);
        }
    }
}

} // namespace tonecast::kernels::TONECAST_SET
