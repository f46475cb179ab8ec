#pragma once

#include "engine/families/wavenet/compiled/signals.h"

/// Convolutions: lanes and vectors hold time, one load of samples serves all the rows of a tile,
/// and weights come from memory into all lanes. Each output adds up its products in one order,
/// whatever the chunk, so that any cut of a stream gives the same bits.
namespace tonecast::wavenet::TONECAST_SET {

// Sums that a tile may have: the rest of the registers is for samples and weights.
inline constexpr int most_sums = registers == 32 ? 16 : 12;
inline constexpr int most_outs = registers == 32 ? 8 : 6;

/// How many vectors of time a tile has with so many outputs: a power of two.
constexpr int vectors_of(int outs) {
    int vectors = 1;
    while (2 * vectors * outs <= most_sums && 2 * vectors <= chunk_vectors)
        vectors *= 2;
    return vectors;
}

/// What a convolution reads and writes in one channel.
struct ConvolutionRows {
    Rows from; // of several taps, the rows of the ring from their beginning on
    Rows mixed;
    Rows added;
    Rows to;
    Rows sum;
    Rows passed;
    Rows passed_added;
    const Tile* next; // of what is passed on
    const float* next_weights;

    TONECAST_INLINE ConvolutionRows(const Convolution& c, const PlanView& plan,
                                    const Channel& channel)
        : from(channel, c.from), mixed(channel, c.mixed), added(channel, c.added),
          to(channel, c.to), sum(channel, c.sum), passed(channel, c.passed),
          passed_added(channel, c.passed_added), next(plan.tiles + c.first_tile + 1),
          next_weights(passed.exist() ? plan.weights + next->weights : nullptr) {}
};

/// Where the taps of a convolution begin to read.
struct Taps {
    int oldest; // samples from a row's beginning
    int dilation;
    int length; // of the ring; where there is none, one tap reads where the row begins
};

template <int outs, int vectors>
TONECAST_INLINE void add_input(Vec (&sum)[outs][vectors], const float* weights, const float* from) {
    Vec x[vectors];
    TONECAST_UNROLL
    for (int v = 0; v < vectors; ++v)
        x[v] = load_unaligned(from + v * lanes);
    TONECAST_UNROLL
    for (int o = 0; o < outs; ++o) {
        const Vec weight = all(weights[o]);
        TONECAST_UNROLL
        for (int v = 0; v < vectors; ++v)
            sum[o][v] = multiply_add(weight, x[v], sum[o][v]);
    }
}

/// Returns the weights that follow.
template <int outs, int vectors>
TONECAST_INLINE const float* add_inputs(Vec (&sum)[outs][vectors], const float* weights,
                                        const float* from, ptrdiff_t stride, int ins) {
    for (int i = 0; i < ins; ++i, from += stride, weights += outs)
        add_input(sum, weights, from);
    return weights;
}

template <int outs, int vectors, typename Use>
TONECAST_INLINE void for_each_sum(Use use) {
    TONECAST_UNROLL
    for (int o = 0; o < outs; ++o) {
        TONECAST_UNROLL
        for (int v = 0; v < vectors; ++v)
            use(o, v);
    }
}

/// From so many inputs on, a tap's products are added up by themselves: a sum of hundreds that
/// grows in one row would round each of them to its own size, and deep networks add such errors up.
inline constexpr int many_ins = 12;

/// The products of a tap; of `ins` inputs, if that is known, or all_ins. Returns the weights that
/// follow.
template <int ins, int outs, int vectors>
TONECAST_INLINE const float* add_tap(Vec (&sum)[outs][vectors], const float* weights,
                                     const float* from, ptrdiff_t stride, int all_ins) {
    if constexpr (ins > 0) {
        TONECAST_UNROLL
        for (int i = 0; i < ins; ++i, weights += outs)
            add_input(sum, weights, from + i * stride);
        return weights;
    }
    return add_inputs(sum, weights, from, stride, all_ins);
}

/// The products of all taps.
template <int ins = 0, int outs, int vectors>
TONECAST_INLINE void add_taps(Vec (&sum)[outs][vectors], const float* weights, const float* from,
                              const Convolution& c, const Taps& taps, ptrdiff_t stride,
                              int all_ins = ins) {
    int offset = taps.oldest;
    const auto next = [&] {
        offset += taps.dilation;
        offset -= offset < taps.length ? 0 : taps.length;
    };
    if (all_ins < many_ins) {
        for (int tap = 0; tap < c.taps; ++tap, next())
            weights = add_tap<ins>(sum, weights, from + offset, stride, all_ins);
        return;
    }
    Vec total[outs][vectors];
    __builtin_memcpy(total, sum, sizeof total);
    for (int tap = 0; tap < c.taps; ++tap, next()) {
        for_each_sum<outs, vectors>([&](int o, int v) { sum[o][v] = Vec{}; });
        weights = add_tap<ins>(sum, weights, from + offset, stride, all_ins);
        for_each_sum<outs, vectors>([&](int o, int v) { total[o][v] += sum[o][v]; });
    }
    __builtin_memcpy(sum, total, sizeof total);
}

/// The 1×1 of all of a convolution's outputs, which are still in registers.
template <int outs, int vectors>
TONECAST_INLINE void pass_on(const Vec (&from)[outs][vectors], const ConvolutionRows& rows,
                             int begin) {
    const int count = rows.next->outs;
    const float* const bias = rows.next_weights;
    for (int row = 0; row < count; ++row) {
        Vec sum[vectors];
        TONECAST_UNROLL
        for (int v = 0; v < vectors; ++v)
            sum[v] = all(bias[row]);
        const float* weight = bias + count + row;
        TONECAST_UNROLL
        for (int o = 0; o < outs; ++o, weight += count) {
            TONECAST_UNROLL
            for (int v = 0; v < vectors; ++v)
                sum[v] = multiply_add(all(*weight), from[o][v], sum[v]);
        }
        TONECAST_UNROLL
        for (int v = 0; v < vectors; ++v)
            rows.passed.set(row, begin + v, sum[v] + rows.passed_added.get(row, begin + v));
    }
}

/// A tile's rows of so many vectors of time. Not inlined, so that the sums get all registers.
template <int outs, int vectors>
__attribute__((noinline)) void convolve_tile(const Convolution& c, const Tile& tile,
                                             const float* all_weights, const Taps& taps,
                                             const ConvolutionRows& rows, int begin) {
    const ptrdiff_t time = static_cast<ptrdiff_t>(begin) * lanes;
    const float* weights = all_weights + tile.weights;
    Vec sum[outs][vectors];
    for_each_sum<outs, vectors>([&](int o, int v) { sum[o][v] = all(weights[o]); });
    weights += outs;
    if (rows.mixed.exist())
        weights = add_inputs(sum, weights, rows.mixed.first + tile.mix * rows.mixed.stride + time,
                             rows.mixed.stride, tile.mixes);
    const float* from = rows.from.first + tile.in * rows.from.stride + time;
    // Widths that are usual are compiled in, where there are registers enough to look ahead in.
    constexpr bool looks_ahead = registers == 32 || outs * vectors <= 8;
    if (looks_ahead && tile.ins == outs)
        add_taps<outs>(sum, weights, from, c, taps, rows.from.stride);
    else if (registers == 32 && tile.ins == 2 * outs)
        add_taps<2 * outs>(sum, weights, from, c, taps, rows.from.stride);
    else
        add_taps(sum, weights, from, c, taps, rows.from.stride, tile.ins);
    if (rows.added.exist())
        for_each_sum<outs, vectors>(
            [&](int o, int v) { sum[o][v] += rows.added.get(tile.out + o, begin + v); });
    if (c.slopes >= 0) {
        const float* slopes = all_weights + c.slopes + tile.out;
        for_each_sum<outs, vectors>([&](int o, int v) {
            sum[o][v] = sum[o][v] > 0.0F ? sum[o][v] : all(slopes[o]) * sum[o][v];
        });
    }
    if (rows.sum.exist())
        for_each_sum<outs, vectors>([&](int o, int v) {
            const int row = tile.out + o;
            rows.sum.set(row, begin + v,
                         c.sum_begins ? sum[o][v] : rows.sum.get(row, begin + v) + sum[o][v]);
        });
    if (rows.passed.exist())
        pass_on(sum, rows, begin);
    else
        for_each_sum<outs, vectors>(
            [&](int o, int v) { rows.to.set(tile.out + o, begin + v, sum[o][v]); });
}

/// From `begin` on, in steps of so many vectors, then in smaller ones.
template <int outs, int vectors>
TONECAST_INLINE void convolve_rows(const Convolution& c, const Tile& tile, const float* weights,
                                   const Taps& taps, const ConvolutionRows& rows, int begin,
                                   int end) {
    for (; begin + vectors <= end; begin += vectors)
        convolve_tile<outs, vectors>(c, tile, weights, taps, rows, begin);
    if constexpr (vectors > 1)
        convolve_rows<outs, vectors / 2>(c, tile, weights, taps, rows, begin, end);
}

/// Finds the code for a tile of so many outputs.
template <int outs = most_outs>
TONECAST_INLINE void convolve_any(const Convolution& c, const Tile& tile, const float* weights,
                                  const Taps& taps, const ConvolutionRows& rows, int vectors) {
    if (tile.outs == outs)
        convolve_rows<outs, vectors_of(outs)>(c, tile, weights, taps, rows, 0, vectors);
    else if constexpr (outs > 1)
        convolve_any<outs - 1>(c, tile, weights, taps, rows, vectors);
}

inline void convolve(const Convolution& c, const PlanView& plan, const Channel& channel) {
    ConvolutionRows rows(c, plan, channel);
    Taps taps{0, 0, 1};
    if (c.from.ring >= 0) {
        const Ring& ring = plan.rings[c.from.ring];
        mirror_newest(ring, channel);
        const int at = channel.at[c.from.ring];
        const int oldest = at - (c.taps - 1) * c.dilation;
        taps = {oldest < 0 ? oldest + ring.length : oldest, c.dilation, ring.length};
        rows.from.first -= at;
    }
    for (int i = 0; i < c.tiles; ++i)
        convolve_any(c, plan.tiles[c.first_tile + i], plan.weights, taps, rows, channel.vectors);
}

} // namespace tonecast::wavenet::TONECAST_SET
