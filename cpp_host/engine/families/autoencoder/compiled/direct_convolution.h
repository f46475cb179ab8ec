#pragma once

#include "engine/families/autoencoder/compiled/layout.h"
#include "engine/families/autoencoder/compiled/prefetcher.h"

/// Convolutions summed up in full: every product is made, in the order of the taps.
namespace tonecast::kernels::TONECAST_SET {

// Samples that are summed up at once, and taps for which each of them is loaded once.
inline constexpr int time_block = registers == 32 ? 16 : 8;
inline constexpr int tap_block = registers == 32 ? 8 : 4;

/// Adds to sum[i] the products of tap_block taps with the samples that follow. row(j) gives sample
/// j in all lanes; each is fetched once for all the taps that meet it.
template <typename Row>
TONECAST_INLINE void add_taps(Vec (&sum)[time_block], const float* weights, Row row) {
    Vec weight[tap_block];
    TONECAST_UNROLL
    for (int k = 0; k < tap_block; ++k)
        weight[k] = load(weights + k * lanes);
    TONECAST_UNROLL
    for (int j = 0; j < time_block + tap_block - 1; ++j) {
        const Vec sample = row(j);
        TONECAST_UNROLL
        for (int k = 0; k < tap_block; ++k)
            if (j - k >= 0 && j - k < time_block)
                sum[j - k] += weight[k] * sample;
    }
}

/// The same for samples that differ from lane to lane.
TONECAST_INLINE void add_row_taps(Vec (&sum)[time_block], const float* weights, const float* rows) {
    add_taps(sum, weights, [rows](int j) { return load(rows + j * lanes); });
}

/// X1, and its magnitude where the smoothing filters will look for it.
inline void analyse(const float (&weights)[filter_taps][lanes], const float* bias,
                    const float* padded, float* x1, float* magnitude) {
    for (int t = 0; t < frame_samples; t += time_block) {
        Vec sum[time_block];
        TONECAST_UNROLL
        for (Vec& s : sum)
            s = load(bias);
        for (int k = 0; k < filter_taps; k += tap_block) {
            const float* x = padded + margin - filter_reach + t + k;
            add_taps(sum, weights[k], [x](int j) { return all(x[j]); });
        }
        TONECAST_UNROLL
        for (int i = 0; i < time_block; ++i) {
            store(x1 + at(t) + i * lanes, sum[i]);
            store(magnitude + (smoothing_reach + t + i) * lanes, abs(sum[i]));
        }
    }
}

/// The largest of a pool's samples so far, where it is, and what X1 is there.
struct Largest {
    Vec value;
    Vec x1;
    VecInt place;

    TONECAST_INLINE void start(Vec sample, Vec x1_there) {
        value = sample;
        x1 = x1_there;
        place = VecInt{};
    }
    /// Of equals the first is kept.
    TONECAST_INLINE void consider(Vec sample, Vec x1_there, int where) {
        const VecInt more = sample > value;
        value = more ? sample : value;
        x1 = more ? x1_there : x1;
        place = more ? VecInt{} + where : place;
    }
    TONECAST_INLINE void keep(int window, const float* bias, Scratch& s) const {
        store(s.pooled[window], value + load(bias));
        store(s.kept[window], x1);
        *reinterpret_cast<VecInt*>(s.place[window]) = place;
    }
};

/// Envelopes, pooled straight out of the sums.
inline void smooth_and_pool(const float (&weights)[smoothing_taps][lanes], const float* bias,
                            Prefetcher local_weights, Scratch& s) {
    for (int window = 0; window < latent; ++window) {
        Largest largest{};
        for (int half = 0; half < pool; half += time_block) {
            const int t = window * pool + half;
            local_weights.fetch(latent * lanes * time_block / pool);
            Vec sum[time_block] = {};
            for (int k = 0; k < smoothing_taps; k += tap_block)
                add_row_taps(sum, weights[k], s.magnitude + (t + k) * lanes);
            const float* x1 = s.x1 + at(t);
            if (half == 0)
                largest.start(sum[0], load(x1));
            TONECAST_UNROLL
            for (int i = 0; i < time_block; ++i)
                largest.consider(sum[i], load(x1 + i * lanes), half + i);
        }
        largest.keep(window, bias, s);
    }
}

} // namespace tonecast::kernels::TONECAST_SET
