#pragma once

#include "engine/families/autoencoder/compiled/layout.h"
#include "engine/families/autoencoder/compiled/piecewise_polynomial.h"
#include "engine/families/autoencoder/compiled/softplus.h"

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
    int out_step;             // from one row of it to the next
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
                    store(p.out + (r + i) * p.out_step + c + v * lanes, sum[i][v]);
            }
        }
    }
}

/// The first layer, whose input is zero but for one sample a row and pool: for each sample, those
/// rows that have it.
inline void first_dense(const CafxPacked& p, const Channel& channel, int block, Scratch& s) {
    constexpr int windows = block_points / pool;
    constexpr int at_once = registers == 32 ? 8 : 4; // sums in registers
    for (int w = 0; w < windows; ++w) {
        const float (&gated)[filters] = channel.gated[block * windows + w];
        const int (&place)[filters] = channel.place[block * windows + w];
        int counts[pool] = {};
        for (int row = 0; row < filters; ++row)
            s.rows_at[place[row]][counts[place[row]]++] = static_cast<unsigned char>(row);
        for (int i = 0; i < pool; ++i) {
            float* sample = s.features[w * pool + i];
            for (int c = 0; c < wide; c += at_once * lanes) {
                Vec sum[at_once];
                TONECAST_UNROLL
                for (int v = 0; v < at_once; ++v)
                    sum[v] = load(p.first_bias + c + v * lanes);
                for (int n = 0; n < counts[i]; ++n) {
                    const int row = s.rows_at[i][n];
                    TONECAST_UNROLL
                    for (int v = 0; v < at_once; ++v)
                        sum[v] += load(p.first[row] + c + v * lanes) * gated[row];
                }
                TONECAST_UNROLL
                for (int v = 0; v < at_once; ++v)
                    store(sample + c + v * lanes, sum[v]);
            }
        }
    }
}

template <int columns>
inline void activate(const SoftplusTable& table, float (&samples)[block_points][columns]) {
    for (auto& sample : samples)
        for (int c = 0; c < columns; c += lanes) {
            const Vec x = load(sample + c);
            store(sample + c,
                  finds_pieces_quickly ? softplus_above_rest(table, x) : softplus_above_rest(x));
        }
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
            store(rows[row] + t, at_piece(curve, __builtin_convertvector(piece, VecInt), x));
        }
    }
}

/// Adds the products of tap k and all samples where they fall: one sample later a tap.
inline void add_diagonally(const float (&products)[filter_taps][padded_block], float* out) {
    for (int t = 0; t < block_points + filter_taps; t += lanes) {
        const int first = t < block_points ? 0 : t - block_points + 1;
        const int end = t + lanes < filter_taps ? t + lanes : filter_taps;
        Vec sum = load_unaligned(out + t);
        for (int k = first; k < end; ++k)
            sum += load_unaligned(products[k] + lanes + t - k);
        store_unaligned(out + t, sum);
    }
}

} // namespace tonecast::kernels::TONECAST_SET
