#pragma once

#include "engine/families/recurrent/compiled/layout.h"
#include "training/recurrent/compiled/products.h"

/// Cells forwards, some at a time: see LayerPlan for their blocks. The curves are those that are
/// played, see engine/families/recurrent.
namespace tonecast::training::recurrent::TONECAST_SET {

using tonecast::recurrent::TONECAST_SET::short_tanh;

inline constexpr int blocks = 4;
inline constexpr int most_cells = most_sums / blocks;

/// Where a sample's vectors are.
struct Sample {
    const float* in;
    const float* last_hidden;
    const float* last_cell;
    float* made;
    float* cell;
    float* bent;
    float* out;
};

TONECAST_INLINE Vec logistic(Vec half) {
    const Ratio ratio = tonecast::recurrent::TONECAST_SET::logistic_ratio(half);
    return ratio.above / ratio.below;
}

/// Of a tile the weights that come next, and how many they were.
template <int cells>
TONECAST_INLINE const float* sum_up(const LayerPlan& layer, const float* weights, const Sample& at,
                                    Vec (&sum)[blocks * cells], bool is_gru) {
    constexpr int all_rows = blocks * cells;
    constexpr int of_three = 3 * cells;
    TONECAST_UNROLL
    for (int r = 0; r < all_rows; ++r)
        sum[r] = all(weights[r]);
    weights += all_rows;
    if (is_gru) {
        add_products<0, of_three>(sum, weights, of_three, at.in, layer.ins);
        weights += layer.ins * of_three;
        add_products<cells, of_three>(sum, weights, of_three, at.last_hidden, layer.outs);
        return weights + layer.outs * of_three;
    }
    add_products<0, all_rows>(sum, weights, all_rows, at.in, layer.ins);
    weights += layer.ins * all_rows;
    add_products<0, all_rows>(sum, weights, all_rows, at.last_hidden, layer.outs);
    return weights + layer.outs * all_rows;
}

template <int cells>
TONECAST_INLINE const float* lstm(const LayerPlan& layer, const float* weights, const Sample& at,
                                  int first) {
    Vec sum[blocks * cells];
    weights = sum_up<cells>(layer, weights, at, sum, false);
    TONECAST_UNROLL
    for (int c = 0; c < cells; ++c) {
        const int cell = (first + c) * lanes;
        const int block = layer.outs * lanes;
        const Vec in = logistic(sum[c]);
        const Vec forget = logistic(sum[cells + c]);
        const Vec fresh = short_tanh(sum[2 * cells + c]);
        const Vec out = logistic(sum[3 * cells + c]);
        const Vec now = multiply_add(forget, load(at.last_cell + cell), in * fresh);
        const Vec bent = short_tanh(now);
        store(at.made + cell, in);
        store(at.made + cell + block, forget);
        store(at.made + cell + 2 * block, fresh);
        store(at.made + cell + 3 * block, out);
        store(at.cell + cell, now);
        store(at.bent + cell, bent);
        store(at.out + cell, out * bent);
    }
    return weights;
}

template <int cells>
TONECAST_INLINE const float* gru(const LayerPlan& layer, const float* weights, const Sample& at,
                                 int first) {
    Vec sum[blocks * cells];
    weights = sum_up<cells>(layer, weights, at, sum, true);
    TONECAST_UNROLL
    for (int c = 0; c < cells; ++c) {
        const int cell = (first + c) * lanes;
        const int block = layer.outs * lanes;
        const Vec reset = logistic(sum[cells + c]);
        const Vec keep = logistic(sum[2 * cells + c]);
        const Vec of_hidden = sum[3 * cells + c];
        const Vec fresh = short_tanh(multiply_add(reset, of_hidden, sum[c]));
        store(at.made + cell, fresh);
        store(at.made + cell + block, reset);
        store(at.made + cell + 2 * block, keep);
        store(at.made + cell + 3 * block, of_hidden);
        store(at.out + cell, multiply_add(keep, load(at.last_hidden + cell) - fresh, fresh));
    }
    return weights;
}

inline void play_cells(const LayerPlan& layer, const float* weights, float* tape, int samples) {
    const bool is_lstm = layer.step == Step::lstm;
    for (int t = 0; t < samples; ++t) {
        const auto rows = [&](const Rows& of, int sample) {
            return tape + of.first + sample * of.step;
        };
        const Sample at{rows(layer.in, t),
                        rows(layer.out, t - 1),
                        is_lstm ? rows(layer.cell, t - 1) : nullptr,
                        rows(layer.made, t),
                        is_lstm ? rows(layer.cell, t) : nullptr,
                        is_lstm ? rows(layer.bent, t) : nullptr,
                        rows(layer.out, t)};
        const float* next = weights + layer.weights;
        for_each_tile<most_cells>(layer.outs, [&]<int cells>(int first) {
            next =
                is_lstm ? lstm<cells>(layer, next, at, first) : gru<cells>(layer, next, at, first);
        });
    }
}

} // namespace tonecast::training::recurrent::TONECAST_SET
