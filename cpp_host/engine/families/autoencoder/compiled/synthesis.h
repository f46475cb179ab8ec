#pragma once

#include "engine/families/autoencoder/compiled/layout.h"

namespace tonecast::kernels::TONECAST_SET {

/// X̂1 is zero but for one sample a row and pool: each of those adds its filter to the frame, where
/// it falls. All filters of a pool are summed up in registers, shifted within `widened`.
inline void synthesise(const float (&value)[latent][lanes], const int (&place)[latent][lanes],
                       const float (*widened)[pool + filter_taps + pool], float* out) {
    constexpr int span = pool + filter_taps;
    constexpr int vectors = span / lanes;
    constexpr int at_once = lanes >= 8 ? vectors : vectors / 2;
    for (int window = 0; window < latent; ++window) {
        float* y = out + margin - filter_reach + window * pool;
        for (int first = 0; first < vectors; first += at_once) {
            Vec sum[at_once] = {};
            for (int row = 0; row < lanes; ++row) {
                const float* filter = widened[row] + pool - place[window][row] + first * lanes;
                const float x = value[window][row];
                TONECAST_UNROLL
                for (int i = 0; i < at_once; ++i)
                    sum[i] += load_unaligned(filter + i * lanes) * x;
            }
            TONECAST_UNROLL
            for (int i = 0; i < at_once; ++i) {
                float* to = y + (first + i) * lanes;
                store_unaligned(to, load_unaligned(to) + sum[i]);
            }
        }
    }
}

} // namespace tonecast::kernels::TONECAST_SET
