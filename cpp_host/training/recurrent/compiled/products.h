#pragma once

#include "engine/kernels/compiled/vec.h"
#include "training/recurrent/kernel.h"

/// Lanes hold segments: each value is a vector, and each weight is read once for all of them.
namespace tonecast::training::recurrent::TONECAST_SET {

using namespace tonecast::kernels::TONECAST_SET;

/// Sums that are kept in registers at once; the rest is for what they are made of.
inline constexpr int most_sums = registers == 32 ? 16 : 8;

/// tile<width>(first) until all of `count` are done: of the widest tiles, then of half of that and
/// so on. packing.cpp has the same order.
template <int width, typename Tile>
TONECAST_INLINE void for_each_tile(int count, Tile tile, int first = 0) {
    for (; first + width <= count; first += width)
        tile.template operator()<width>(first);
    if constexpr (width > 1)
        for_each_tile<width / 2>(count, tile, first);
}

/// Adds `count` values, each times its `rows` weights, to the sums from `first` on.
template <int first, int rows, int all_rows>
TONECAST_INLINE void add_products(Vec (&sum)[all_rows], const float* weights, ptrdiff_t step,
                                  const float* values, int count) {
    for (int k = 0; k < count; ++k, values += lanes, weights += step) {
        const Vec value = load(values);
        TONECAST_UNROLL
        for (int r = 0; r < rows; ++r)
            sum[first + r] = multiply_add(all(weights[r]), value, sum[first + r]);
    }
}

/// to[k] = Σ weights[row, k] · gradients[row], and onto what stands there where it `adds`.
TONECAST_INLINE void go_back_through(const float* weights, int rows, int columns,
                                     const float* gradients, float* to, bool adds) {
    for_each_tile<most_sums>(columns, [&]<int width>(int first) {
        Vec sum[width];
        TONECAST_UNROLL
        for (int k = 0; k < width; ++k)
            sum[k] = adds ? load(to + (first + k) * lanes) : Vec{};
        add_products<0, width>(sum, weights + first, columns, gradients, rows);
        TONECAST_UNROLL
        for (int k = 0; k < width; ++k)
            store(to + (first + k) * lanes, sum[k]);
    });
}

} // namespace tonecast::training::recurrent::TONECAST_SET
