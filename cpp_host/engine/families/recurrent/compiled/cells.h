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
    float* next_hidden;  // likewise, where this tile is the whole layer; null else
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
        // As many vectors at once as sums fit the registers, beside a weight and the values.
        constexpr int at_once = gates * vectors * channels < registers ? vectors : 1;
        TONECAST_UNROLL
        for (int first = 0; first < vectors; first += at_once)
            for (int k = 0; k < cells; ++k) {
                Vec value[channels];
                TONECAST_UNROLL
                for (int c = 0; c < channels; ++c)
                    value[c] = all(places[c].hidden[k]);
                TONECAST_UNROLL
                for (int g = 0; g < gates; ++g)
                    TONECAST_UNROLL
                for (int v = first; v < first + at_once; ++v) {
                    const Vec weight = weights.at((k * gates + g) * vectors + v);
                    TONECAST_UNROLL
                    for (int c = 0; c < channels; ++c)
                        sums[c].of[g][v] = multiply_add(weight, value[c], sums[c].of[g][v]);
                }
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

/// Straight to the next sample, too, which waits for it, and reads single floats: hence the type
/// that may be another's.
TONECAST_INLINE void give(const Place& place, int v, Vec hidden) {
    store(place.out + v * lanes, hidden);
    if (place.next_hidden != nullptr)
        store_unaligned(place.next_hidden + v * lanes, hidden);
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
        const Ratio in = logistic_ratio(gate[0][v]);
        const Ratio forget = logistic_ratio(gate[1][v]);
        const Ratio fresh = tanh_ratio(gate[2][v]);
        const Ratio out = logistic_ratio(gate[3][v]);
        // forget · cell + in · fresh, on one denominator.
        const Vec below = in.below * fresh.below;
        const Vec added = in.above * fresh.above * forget.below;
        const Vec now =
            multiply_add(forget.above * load(cell), below, added) / (forget.below * below);
        store(cell, now);
        const Ratio shaped = tanh_ratio(now);
        give(places[c], v, out.above * shaped.above / (out.below * shaped.below));
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
        const Ratio reset = logistic_ratio(in[0][v] + hidden[0][v]);
        const Ratio keep = logistic_ratio(in[1][v] + hidden[1][v]);
        const Ratio fresh =
            tanh_ratio(multiply_add(reset.above / reset.below, hidden[2][v], in[2][v]));
        // (1 − keep) · fresh + keep · last, on one denominator.
        const Vec last = load(places[c].hidden + tile + v * lanes);
        const Vec kept = keep.above * last * fresh.below;
        give(places[c], v,
             multiply_add(keep.below - keep.above, fresh.above, kept) / (keep.below * fresh.below));
    }
}

} // namespace tonecast::recurrent::TONECAST_SET
