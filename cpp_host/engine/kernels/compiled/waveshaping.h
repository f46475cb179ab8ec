#pragma once

#include "engine/kernels/compiled/layout.h"
#include "engine/kernels/compiled/softplus.h"

#if defined(__AVX2__)
#include <immintrin.h>
#endif

/// DNN-SAAF and synthesis of a CAFx. The first layers have features in the lanes, the last ones
/// time; 64 samples go from the first to the last.
namespace tonecast::kernels::TONECAST_SET {

/// out[r][c] = bias + Σ_i scalar(r, i) · vectors[i][c], for `rows` rows and all columns.
struct Product {
    const float* scalars;
    int row_step;   // from scalar(r, i) to scalar(r + 1, i)
    int depth_step; // to scalar(r, i + 1)
    const float* vectors;
    float* out;
    const float* row_bias;    // one of both
    const float* column_bias; // is null
};

template <int rows, int depth, int columns>
inline void multiply(const Product& p) {
    constexpr int rows_at_once = 4;
    constexpr int vectors_at_once = registers == 32 ? 4 : 2;
    static_assert(columns % (vectors_at_once * lanes) == 0 && rows % rows_at_once == 0);
    for (int c = 0; c < columns; c += vectors_at_once * lanes) {
        for (int r = 0; r < rows; r += rows_at_once) {
            Vec sum[rows_at_once][vectors_at_once];
            TONECAST_UNROLL
            for (int i = 0; i < rows_at_once; ++i) {
                TONECAST_UNROLL
                for (int v = 0; v < vectors_at_once; ++v)
                    sum[i][v] = p.row_bias != nullptr ? all(p.row_bias[r + i])
                                                      : load(p.column_bias + c + v * lanes);
            }
            const float* scalar = p.scalars + r * p.row_step;
            const float* vector = p.vectors + c;
            for (int k = 0; k < depth; ++k) {
                Vec x[vectors_at_once];
                TONECAST_UNROLL
                for (int v = 0; v < vectors_at_once; ++v)
                    x[v] = load(vector + v * lanes);
                TONECAST_UNROLL
                for (int i = 0; i < rows_at_once; ++i) {
                    const float a = scalar[i * p.row_step];
                    TONECAST_UNROLL
                    for (int v = 0; v < vectors_at_once; ++v)
                        sum[i][v] += x[v] * a;
                }
                scalar += p.depth_step;
                vector += columns;
            }
            TONECAST_UNROLL
            for (int i = 0; i < rows_at_once; ++i) {
                TONECAST_UNROLL
                for (int v = 0; v < vectors_at_once; ++v)
                    store(p.out + (r + i) * columns + c + v * lanes, sum[i][v]);
            }
        }
    }
}

/// The first layer, whose input is zero but for one sample a row and pool.
inline void first_dense(const CafxPacked& p, const Channel& channel, int block, Scratch& s) {
    for (auto& sample : s.features)
        for (int c = 0; c < wide; c += lanes)
            store(sample + c, load(p.first_bias + c));
    constexpr int windows = block_points / pool;
    for (int w = 0; w < windows; ++w) {
        const int window = block * windows + w;
        for (int row = 0; row < filters; ++row) {
            float* sample = s.features[w * pool + channel.place[window][row]];
            const float x = channel.gated[window][row];
            TONECAST_UNROLL
            for (int c = 0; c < wide; c += lanes)
                store(sample + c, load(sample + c) + load(p.first[row] + c) * x);
        }
    }
}

template <int columns>
inline void activate(float (&samples)[block_points][columns]) {
    for (auto& sample : samples)
        for (int c = 0; c < columns; c += lanes)
            store(sample + c, softplus(load(sample + c)) - quiet_gate);
}

inline void transpose(const float (&in)[block_points][narrow], float (&out)[narrow][block_points]) {
    constexpr int block = 8;
    for (int c = 0; c < narrow; c += block)
        for (int t = 0; t < block_points; ++t)
            for (int i = 0; i < block; ++i)
                out[c + i][t] = in[t][c + i];
}

/// table[index] in every lane, of 32.
TONECAST_INLINE Vec look_up(const float (&table)[32], VecInt index) {
#if defined(__AVX512F__)
    return reinterpret_cast<Vec>(_mm512_permutex2var_ps(
        reinterpret_cast<__m512>(load(table)), reinterpret_cast<__m512i>(index),
        reinterpret_cast<__m512>(load(table + 16))));
#elif defined(__AVX2__)
    const auto at = reinterpret_cast<__m256i>(index);
    Vec quarter[4];
    TONECAST_UNROLL
    for (int i = 0; i < 4; ++i)
        quarter[i] = reinterpret_cast<Vec>(
            _mm256_permutevar8x32_ps(reinterpret_cast<__m256>(load(table + 8 * i)), at));
    const Vec low = (index & 8) != 0 ? quarter[1] : quarter[0];
    const Vec high = (index & 8) != 0 ? quarter[3] : quarter[2];
    return (index & 16) != 0 ? high : low;
#else
    Vec found{};
    for (int i = 0; i < lanes; ++i)
        found[i] = table[index[i]];
    return found;
#endif
}

/// Each filter's curve: the parabola of the piece that a sample falls on.
inline void shape(const CafxPacked& p, float (&rows)[wide][block_points]) {
    constexpr float pieces_a_unit = (curve_pieces - 2) / 2.0F; // on −1 … 1
    for (int row = 0; row < wide; ++row) {
        const auto& curve = p.curves[row];
        for (int t = 0; t < block_points; t += lanes) {
            const Vec x = load(rows[row] + t);
            // The outer pieces reach as far as sound does; NaN falls on one of them.
            const Vec piece =
                smaller(larger((x + 1.0F) * pieces_a_unit + 1.0F, Vec{}), all(curve_pieces - 1));
            const VecInt index = __builtin_convertvector(piece, VecInt);
            store(rows[row] + t, look_up(curve[0], index) +
                                     x * (look_up(curve[1], index) + x * look_up(curve[2], index)));
        }
    }
}

/// Adds the products of tap k and all samples where they fall: one sample later a tap.
inline void add_diagonally(const float (&products)[filter_taps][block_points], float* out) {
    for (int t = 0; t < block_points; t += lanes) {
        for (int k = 0; k < filter_taps; ++k) {
            float* to = out + t + k;
            store_unaligned(to, load_unaligned(to) + load(products[k] + t));
        }
    }
}

} // namespace tonecast::kernels::TONECAST_SET
