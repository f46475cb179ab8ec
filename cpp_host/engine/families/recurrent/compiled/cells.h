#pragma once

#include "engine/families/recurrent/compiled/layout.h"

/// One sample of a tile of cells, of some channels at once: their chains of operations depend on
/// the sample before, and overlap.
namespace tonecast::recurrent::TONECAST_SET {

/// Where a sample's rows and states are, in one channel.
struct Place {
    const float* in;
    const float* hidden; // of the sample before: whole
    float* cell;         // lstm: the tile's own
    float* out;          // the tile's own
};

/// What a tile's sums get from the rows that come in and from the hidden state. `cells` is even
/// where there are two chains: hidden states beyond the last are zero.
template <int gates, int vectors, int channels>
TONECAST_INLINE void sum_up(Weights& weights, int ins, int cells, const Place (&places)[channels],
                            Sums<gates, vectors> (&sums)[channels]) {
    for (int k = 0; k < ins; ++k) {
        const auto of_input = weights.take<gates, vectors>();
        TONECAST_UNROLL
        for (int c = 0; c < channels; ++c)
            add(sums[c], of_input, places[c].in[k]);
    }
    if constexpr (chains<vectors> == 1) {
        for (int k = 0; k < cells; ++k) {
            const auto of_cell = weights.take<gates, vectors>();
            TONECAST_UNROLL
            for (int c = 0; c < channels; ++c)
                add(sums[c], of_cell, places[c].hidden[k]);
        }
        return;
    }
    Sums<gates, vectors> odd[channels] = {};
    for (int k = 0; k < cells; k += 2) {
        const auto of_even = weights.take<gates, vectors>();
        const auto of_odd = weights.take<gates, vectors>();
        TONECAST_UNROLL
        for (int c = 0; c < channels; ++c) {
            add(sums[c], of_even, places[c].hidden[k]);
            add(odd[c], of_odd, places[c].hidden[k + 1]);
        }
    }
    TONECAST_UNROLL
    for (int c = 0; c < channels; ++c)
        TONECAST_UNROLL
    for (int g = 0; g < gates; ++g)
        TONECAST_UNROLL
    for (int v = 0; v < vectors; ++v)
        sums[c].of[g][v] += odd[c].of[g][v];
}

/// Gates i, f, g, o.
template <int vectors, int channels>
TONECAST_INLINE void lstm(const float* first, int ins, int cells, const Place (&places)[channels]) {
    Weights weights(first);
    Sums<4, vectors> sums[channels];
    const auto bias = weights.take<4, vectors>();
    TONECAST_UNROLL
    for (int c = 0; c < channels; ++c)
        sums[c] = bias;
    sum_up(weights, ins, cells, places, sums);
    TONECAST_UNROLL
    for (int c = 0; c < channels; ++c)
        TONECAST_UNROLL
    for (int v = 0; v < vectors; ++v) {
        const auto& gate = sums[c].of;
        float* const cell = places[c].cell + v * lanes;
        const Vec kept = logistic(gate[1][v]) * load(cell);
        const Vec now = multiply_add(logistic(gate[0][v]), short_tanh(gate[2][v]), kept);
        store(cell, now);
        store(places[c].out + v * lanes, logistic(gate[3][v]) * short_tanh(now));
    }
}

/// Gates r, z, and n in two sums: of the input, of the hidden state. Both come with three weights
/// each: the sums that they go to differ in the last.
template <int vectors, int channels>
TONECAST_INLINE void gru(const float* first, int ins, int cells, int tile,
                         const Place (&places)[channels]) {
    Weights weights(first);
    Sums<3, vectors> of_input[channels];
    Sums<3, vectors> of_hidden[channels];
    const auto bias_in = weights.take<3, vectors>();
    const auto bias_hidden = weights.take<3, vectors>();
    TONECAST_UNROLL
    for (int c = 0; c < channels; ++c) {
        of_input[c] = bias_in;
        of_hidden[c] = bias_hidden;
    }
    for (int k = 0; k < ins; ++k) {
        const auto one = weights.take<3, vectors>();
        TONECAST_UNROLL
        for (int c = 0; c < channels; ++c)
            add(of_input[c], one, places[c].in[k]);
    }
    sum_up(weights, 0, cells, places, of_hidden);
    TONECAST_UNROLL
    for (int c = 0; c < channels; ++c)
        TONECAST_UNROLL
    for (int v = 0; v < vectors; ++v) {
        const auto& in = of_input[c].of;
        const auto& hidden = of_hidden[c].of;
        const Vec reset = logistic(in[0][v] + hidden[0][v]);
        const Vec keep = logistic(in[1][v] + hidden[1][v]);
        const Vec fresh = short_tanh(multiply_add(reset, hidden[2][v], in[2][v]));
        const Vec last = load(places[c].hidden + tile + v * lanes);
        store(places[c].out + v * lanes, multiply_add(keep, last - fresh, fresh));
    }
}

} // namespace tonecast::recurrent::TONECAST_SET
