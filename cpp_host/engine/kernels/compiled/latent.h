#pragma once

#include "engine/kernels/compiled/layout.h"
#include "engine/kernels/compiled/softplus.h"

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
