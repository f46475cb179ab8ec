#pragma once

#include "engine/families/autoencoder/compiled/layout.h"
#include "engine/families/autoencoder/compiled/packed_int16.h"
#include "engine/families/autoencoder/compiled/softplus.h"

/// From the pooled envelopes to the gate.
namespace tonecast::kernels::TONECAST_SET {

inline void softplus_rows(float (&rows)[latent][lanes], float less) {
    for (auto& row : rows)
        store(row, softplus(load(row)) - less);
}

/// A layer of its own for each row: twice as many weights as all the rest of the model.
inline void local_dense(const float (&weights)[latent / dense_block][latent][dense_block][lanes],
                        const float (&bias)[latent][lanes], const float (&in)[latent][lanes],
                        float (&out)[latent][lanes]) {
    for (int block = 0; block < latent / dense_block; ++block) {
        Vec sum[dense_block];
        TONECAST_UNROLL
        for (int i = 0; i < dense_block; ++i)
            sum[i] = load(bias[block * dense_block + i]);
        for (int t = 0; t < latent; ++t) {
            const Vec x = load(in[t]);
            TONECAST_UNROLL
            for (int i = 0; i < dense_block; ++i)
                sum[i] += load(weights[block][t][i]) * x;
        }
        TONECAST_UNROLL
        for (int i = 0; i < dense_block; ++i)
            store(out[block * dense_block + i], sum[i]);
    }
}

/// The same with weights of 16 bits.
inline void local_dense(const int (&pairs)[latent / dense_block][latent][dense_block / 2][lanes],
                        const float (&scale)[latent][lanes], const float (&bias)[latent][lanes],
                        const float (&in)[latent][lanes], float (&out)[latent][lanes]) {
    for (int block = 0; block < latent / dense_block; ++block) {
        Vec sum[dense_block] = {};
        for (int t = 0; t < latent; ++t) {
            const Vec x = load(in[t]);
            TONECAST_UNROLL
            for (int i = 0; i < dense_block; i += 2) {
                const VecInt pair = load_int(pairs[block][t][i / 2]);
                sum[i] += read_upper(pair) * x;
                sum[i + 1] += read_lower(pair) * x;
            }
        }
        TONECAST_UNROLL
        for (int i = 0; i < dense_block; ++i) {
            const int o = block * dense_block + i;
            store(out[o], sum[i] * load(scale[o]) + load(bias[o]));
        }
    }
}

inline void shared_dense(const float (&weights)[latent / dense_block][latent][dense_block],
                         const float (&bias)[latent], const float (&in)[latent][lanes],
                         float (&out)[latent][lanes]) {
    for (int block = 0; block < latent / dense_block; ++block) {
        Vec sum[dense_block];
        TONECAST_UNROLL
        for (int i = 0; i < dense_block; ++i)
            sum[i] = all(bias[block * dense_block + i]);
        for (int t = 0; t < latent; ++t) {
            const Vec x = load(in[t]);
            TONECAST_UNROLL
            for (int i = 0; i < dense_block; ++i)
                sum[i] += x * weights[block][t][i];
        }
        TONECAST_UNROLL
        for (int i = 0; i < dense_block; ++i)
            store(out[block * dense_block + i], sum[i]);
    }
}

} // namespace tonecast::kernels::TONECAST_SET
