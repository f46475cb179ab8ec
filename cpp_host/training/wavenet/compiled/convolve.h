#pragma once

#include "training/wavenet/compiled/tiles.h"

/// Convolutions, there and back. All that they hear is filtered into sums that stay in registers:
/// so many rows times so many vectors of time.
namespace tonecast::training::wavenet::TONECAST_SET {

/// Taps first ≤ k < last of rows whose tap 0 is at `from`, and their weights [tap, in, out].
struct Taps {
    const float* from;
    ptrdiff_t row_floats;
    ptrdiff_t tap_floats; // from one tap's sample to the next one's
    int ins;
    int first;
    int last;
    const float* weights;
    int outs; // of the filter, of which a tile has some
};

template <int outs, int vectors>
TONECAST_INLINE void add_taps(const Taps& taps, Vec (&sum)[outs][vectors]) {
    for (int k = taps.first; k < taps.last; ++k) {
        const float* x = taps.from + k * taps.tap_floats;
        const float* weights = taps.weights + k * taps.ins * taps.outs;
        for (int i = 0; i < taps.ins; ++i, x += taps.row_floats, weights += taps.outs) {
            Vec heard[vectors];
            TONECAST_UNROLL
            for (int v = 0; v < vectors; ++v)
                heard[v] = load_unaligned(x + v * lanes);
            TONECAST_UNROLL
            for (int o = 0; o < outs; ++o)
                TONECAST_UNROLL
            for (int v = 0; v < vectors; ++v)
                sum[o][v] = multiply_add(all(weights[o]), heard[v], sum[o][v]);
        }
    }
}

template <int outs, int vectors>
void play_tile(const Step& step, const Weights& weights, const Signals& signals, int out, int t) {
    Vec sum[outs][vectors];
    TONECAST_UNROLL
    for (int o = 0; o < outs; ++o) {
        const float bias = step.weight < 0 ? 0.0F : weights.flat[step.weight + out + o];
        TONECAST_UNROLL
        for (int v = 0; v < vectors; ++v) {
            sum[o][v] = all(bias);
            if (!step.begins)
                sum[o][v] += load(signals.value(step.to, out + o) + t + v * lanes);
            if (step.plus.count > 0)
                sum[o][v] += load(signals.value(step.plus, out + o) + t + v * lanes);
        }
    }
    for (int s = 0; s < step.source_count; ++s) {
        const Source& source = step.sources[s];
        add_taps<outs, vectors>(
            {signals.value(source.from, 0) + t - (source.taps - 1) * source.dilation,
             signals.view->row_floats, source.dilation, source.from.count, 0, source.taps,
             weights.forward + source.weights + out, step.to.count},
            sum);
    }
    TONECAST_UNROLL
    for (int o = 0; o < outs; ++o)
        TONECAST_UNROLL
    for (int v = 0; v < vectors; ++v)
        store(signals.value(step.to, out + o) + t + v * lanes, sum[o][v]);
}

/// The gradient of a source: the filter turned round, its outputs for inputs. What lies before the
/// outputs' beginning, and behind the end, is zero, so its taps are left out.
template <int ins, int vectors>
void hear_tile(const Step& step, const Source& source, const Weights& weights,
               const Signals& signals, int in, int t) {
    constexpr int samples = vectors * lanes;
    const int most = (signals.view->end - 1 - t) / source.dilation; // taps back that are not zero
    const int before = step.to.begin - t - samples;
    const int least = before < 0 ? 0 : before / source.dilation + 1;
    const int first = source.taps - 1 - most;
    Vec sum[ins][vectors];
    TONECAST_UNROLL
    for (int i = 0; i < ins; ++i)
        TONECAST_UNROLL
    for (int v = 0; v < vectors; ++v)
        sum[i][v] =
            source.from.adds ? load(signals.gradient(source.from, in + i) + t + v * lanes) : Vec{};
    add_taps<ins, vectors>({signals.gradient(step.to, 0) + t + (source.taps - 1) * source.dilation,
                            signals.view->row_floats, -source.dilation, step.to.count,
                            first > 0 ? first : 0, source.taps - least,
                            weights.backward + source.weights + in, source.from.count},
                           sum);
    TONECAST_UNROLL
    for (int i = 0; i < ins; ++i)
        TONECAST_UNROLL
    for (int v = 0; v < vectors; ++v)
        store(signals.gradient(source.from, in + i) + t + v * lanes, sum[i][v]);
}

template <int rows, typename Tile>
TONECAST_INLINE void for_each_vectors(const Span& span, Tile tile) {
    constexpr int many = most_sums / rows;
    int t = span.first;
    for (; t + many * lanes <= span.last; t += many * lanes)
        tile.template operator()<rows, many>(t);
    for (; t < span.last; t += 2 * lanes)
        tile.template operator()<rows, 2>(t);
}

/// tile<rows, vectors>(first row, t) until all rows and samples are done.
template <typename Tile>
TONECAST_INLINE void for_each_tile(int rows, const Span& span, Tile tile) {
    int row = 0;
    const auto at = [&]<int count>() {
        for_each_vectors<count>(
            span, [&]<int r, int v>(int t) { tile.template operator()<r, v>(row, t); });
        row += count;
    };
    while (row + most_rows <= rows)
        at.template operator()<most_rows>();
    if constexpr (most_rows > 4)
        if (row + 4 <= rows)
            at.template operator()<4>();
    if (row + 2 <= rows)
        at.template operator()<2>();
    if (row < rows)
        at.template operator()<1>();
}

inline void convolve(const Step& step, const Weights& weights, const Signals& signals,
                     const Span& tile) {
    const Span span = from(step.to.begin, tile);
    if (!span.empty())
        for_each_tile(step.to.count, span, [&]<int outs, int vectors>(int out, int t) {
            play_tile<outs, vectors>(step, weights, signals, out, t);
        });
}

inline void hear(const Step& step, const Source& source, const Weights& weights,
                 const Signals& signals, const Span& tile) {
    const Span span = from(source.from.begin, tile);
    if (!span.empty() && source.from.gradient >= 0)
        for_each_tile(source.from.count, span, [&]<int ins, int vectors>(int in, int t) {
            hear_tile<ins, vectors>(step, source, weights, signals, in, t);
        });
}

} // namespace tonecast::training::wavenet::TONECAST_SET
