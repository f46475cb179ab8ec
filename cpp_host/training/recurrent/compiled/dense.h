#pragma once

#include "engine/families/recurrent/compiled/dense.h"
#include "training/recurrent/compiled/products.h"

/// Layers of each sample by itself.
namespace tonecast::training::recurrent::TONECAST_SET {

/// At y, what the curve has made.
TONECAST_INLINE Vec slope(Shape shape, Vec y) {
    switch (shape) {
    case Shape::tanh:
        return 1.0F - y * y;
    case Shape::relu:
        return y > 0.0F ? all(1.0F) : Vec{};
    case Shape::sigmoid:
        return y * (1.0F - y);
    case Shape::elu:
        return y > 0.0F ? all(1.0F) : y + 1.0F;
    case Shape::none:
        break;
    }
    return all(1.0F);
}

inline void play_dense(const LayerPlan& layer, const float* weights, float* tape, int samples) {
    for (int t = 0; t < samples; ++t) {
        const float* const in = tape + layer.in.first + t * layer.in.step;
        float* const out = tape + layer.out.first + t * layer.out.step;
        const float* next = weights + layer.weights;
        for_each_tile<most_sums>(layer.outs, [&]<int width>(int first) {
            Vec sum[width];
            TONECAST_UNROLL
            for (int r = 0; r < width; ++r)
                sum[r] = all(next[r]);
            add_products<0, width>(sum, next + width, width, in, layer.ins);
            next += (1 + layer.ins) * width;
            TONECAST_UNROLL
            for (int r = 0; r < width; ++r)
                store(out + (first + r) * lanes,
                      tonecast::recurrent::TONECAST_SET::shaped(layer.shape, sum[r]));
        });
    }
}

inline void dense_back(const LayerPlan& layer, float* tape, const float* gradients, int samples) {
    for (int t = 0; t < samples; ++t) {
        const float* const gradient =
            gradients + layer.out_gradient.first + t * layer.out_gradient.step;
        const float* const out = tape + layer.out.first + t * layer.out.step;
        float* const made = tape + layer.made.first + t * layer.made.step;
        for (int row = 0; row < layer.outs * lanes; row += lanes)
            store(made + row, load(gradient + row) * slope(layer.shape, load(out + row)));
    }
}

} // namespace tonecast::training::recurrent::TONECAST_SET
