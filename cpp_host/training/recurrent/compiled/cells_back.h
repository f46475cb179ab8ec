#pragma once

#include "training/recurrent/compiled/cells.h"

/// Cells backwards: gradients of sums take the place of what was made of them.
namespace tonecast::training::recurrent::TONECAST_SET {

/// `of_hidden`: of what a sample gave out, and what was handed on, which becomes the part of that
/// which does not go through weights.
TONECAST_INLINE void lstm_back(const LayerPlan& layer, const Sample& at, const float* of_out,
                               float* of_hidden, float* of_cell) {
    const int block = layer.outs * lanes;
    for (int cell = 0; cell < block; cell += lanes) {
        float* const made = at.made + cell;
        const Vec in = load(made);
        const Vec forget = load(made + block);
        const Vec fresh = load(made + 2 * block);
        const Vec out = load(made + 3 * block);
        const Vec bent = load(at.bent + cell);
        const Vec gradient = load(of_out + cell) + load(of_hidden + cell);
        const Vec shown = gradient * out;
        const Vec now = load(of_cell + cell) + shown * (1.0F - bent * bent);
        store(made, now * fresh * (in * (1.0F - in)));
        store(made + block, now * load(at.last_cell + cell) * (forget * (1.0F - forget)));
        store(made + 2 * block, now * in * (1.0F - fresh * fresh));
        store(made + 3 * block, shown * bent * (1.0F - out));
        store(of_cell + cell, now * forget);
        store(of_hidden + cell, Vec{});
    }
}

TONECAST_INLINE void gru_back(const LayerPlan& layer, const Sample& at, const float* of_out,
                              float* of_hidden) {
    const int block = layer.outs * lanes;
    for (int cell = 0; cell < block; cell += lanes) {
        float* const made = at.made + cell;
        const Vec fresh = load(made);
        const Vec reset = load(made + block);
        const Vec keep = load(made + 2 * block);
        const Vec gradient = load(of_out + cell) + load(of_hidden + cell);
        const Vec of_fresh = gradient * (1.0F - keep) * (1.0F - fresh * fresh);
        const Vec of_keep = gradient * (load(at.last_hidden + cell) - fresh);
        store(made, of_fresh);
        store(made + block, of_fresh * load(made + 3 * block) * (reset * (1.0F - reset)));
        store(made + 2 * block, of_keep * (keep * (1.0F - keep)));
        store(made + 3 * block, of_fresh * reset);
        store(of_hidden + cell, gradient * keep);
    }
}

inline void cells_back(const LayerPlan& layer, const float* weights, float* tape, float* gradients,
                       int samples) {
    const bool is_lstm = layer.step == Step::lstm;
    const int hidden_first = (layer.rows - layer.hidden_rows) * lanes;
    float* const of_hidden = gradients + layer.carried;
    float* const of_cell = of_hidden + layer.outs * lanes;
    for (int t = samples; t-- > 0;) {
        const auto rows = [&](const Rows& of, int sample) {
            return tape + of.first + sample * of.step;
        };
        float* const made = rows(layer.made, t);
        const float* const of_out =
            gradients + layer.out_gradient.first + t * layer.out_gradient.step;
        if (is_lstm)
            lstm_back(layer,
                      {nullptr, nullptr, rows(layer.cell, t - 1), made, nullptr,
                       rows(layer.bent, t), nullptr},
                      of_out, of_hidden, of_cell);
        else
            gru_back(layer,
                     {nullptr, rows(layer.out, t - 1), nullptr, made, nullptr, nullptr, nullptr},
                     of_out, of_hidden);
        go_back_through(weights + layer.of_hidden(), layer.hidden_rows, layer.outs,
                        made + hidden_first, of_hidden, !is_lstm);
    }
}

} // namespace tonecast::training::recurrent::TONECAST_SET
