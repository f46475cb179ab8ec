#pragma once

#include "engine/families/recurrent/compiled/layout.h"

namespace tonecast::recurrent::TONECAST_SET {

TONECAST_INLINE Vec shaped(Shape shape, Vec x) {
    switch (shape) {
    case Shape::tanh:
        return short_tanh(x);
    case Shape::relu:
        return x < 0.0F ? all(0.0F) : x;
    case Shape::sigmoid:
        return sigmoid(x);
    case Shape::elu:
        return x < 0.0F ? exponential(x) - 1.0F : x;
    case Shape::none:
        break;
    }
    return x;
}

/// Lanes hold outputs.
TONECAST_INLINE void dense(const LayerPlan& layer, const float* weights, const float* in,
                           float* out) {
    Weights tile(weights);
    for (int v = 0; v < layer.vectors; ++v) {
        Sums<1, 1> sums = tile.take<1, 1>();
        for (int k = 0; k < layer.ins; ++k)
            add(sums, tile.take<1, 1>(), in[k]);
        store(out + v * lanes, shaped(layer.shape, sums.of[0][0]));
    }
}

/// One output: lanes hold inputs, whose weights beyond the last are zero.
TONECAST_INLINE void dot(const LayerPlan& layer, const float* weights, const float* in,
                         float* out) {
    Weights row(weights);
    const Vec bias = row.take<1, 1>().of[0][0];
    Vec sum{};
    for (int k = 0; k < layer.ins; k += lanes)
        sum = multiply_add(row.take<1, 1>().of[0][0], load(in + k), sum);
    // Halves are added until one is left.
    float partial[lanes];
    __builtin_memcpy(partial, &sum, sizeof partial);
    TONECAST_UNROLL
    for (int half = lanes / 2; half > 0; half /= 2)
        TONECAST_UNROLL
    for (int i = 0; i < half; ++i)
        partial[i] += partial[i + half];
    store(out, shaped(layer.shape, bias + partial[0]));
}

} // namespace tonecast::recurrent::TONECAST_SET
