#pragma once

#include "training/recurrent/compiled/products.h"

/// Gradients of weights: products of what a row heard and the gradient of its sum. Those of a chunk
/// are summed up in registers, weight by weight.
namespace tonecast::training::recurrent::TONECAST_SET {

inline constexpr int most_rows = 4;
inline constexpr int most_columns = most_sums / most_rows;

/// sums[row, column] += Σ gradient[row] · heard[column] over the samples of a chunk.
inline void add_weight_gradients(const float* gradient, ptrdiff_t gradient_step, int rows,
                                 const float* heard, ptrdiff_t heard_step, int columns, int samples,
                                 float* sums) {
    for_each_tile<most_rows>(rows, [&]<int height>(int row) {
        for_each_tile<most_columns>(columns, [&]<int width>(int column) {
            const float* g = gradient + row * lanes;
            const float* x = heard + column * lanes;
            float* const own = sums + (row * columns + column) * lanes;
            Vec sum[height][width];
            TONECAST_UNROLL
            for (int r = 0; r < height; ++r)
                TONECAST_UNROLL
            for (int c = 0; c < width; ++c)
                sum[r][c] = load(own + (r * columns + c) * lanes);
            for (int t = 0; t < samples; ++t, g += gradient_step, x += heard_step) {
                Vec value[width];
                TONECAST_UNROLL
                for (int c = 0; c < width; ++c)
                    value[c] = load(x + c * lanes);
                TONECAST_UNROLL
                for (int r = 0; r < height; ++r) {
                    const Vec of_row = load(g + r * lanes);
                    TONECAST_UNROLL
                    for (int c = 0; c < width; ++c)
                        sum[r][c] = multiply_add(of_row, value[c], sum[r][c]);
                }
            }
            TONECAST_UNROLL
            for (int r = 0; r < height; ++r)
                TONECAST_UNROLL
            for (int c = 0; c < width; ++c)
                store(own + (r * columns + c) * lanes, sum[r][c]);
        });
    });
}

inline void add_bias_gradients(const float* gradient, ptrdiff_t step, int rows, int samples,
                               float* sums) {
    for_each_tile<most_rows>(rows, [&]<int height>(int row) {
        Vec sum[height];
        TONECAST_UNROLL
        for (int r = 0; r < height; ++r)
            sum[r] = load(sums + (row + r) * lanes);
        for (int t = 0; t < samples; ++t)
            TONECAST_UNROLL
        for (int r = 0; r < height; ++r)
            sum[r] += load(gradient + t * step + (row + r) * lanes);
        TONECAST_UNROLL
        for (int r = 0; r < height; ++r)
            store(sums + (row + r) * lanes, sum[r]);
    });
}

} // namespace tonecast::training::recurrent::TONECAST_SET
