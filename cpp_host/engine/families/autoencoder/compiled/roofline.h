#pragma once

#include "engine/kernels/compiled/vec.h"

#include <stddef.h>

/// What the machine can do at its best with this instruction set, for benchmarks to compare with.
namespace tonecast::kernels::TONECAST_SET {

inline constexpr int chains = registers == 32 ? 24 : 12; // enough to hide the latency

/// So many products and sums in each lane of every chain; returns what must not be left out.
inline float multiply_and_add(long rounds) {
    Vec sum[chains] = {};
    Vec factor = all(0.5F);
    asm volatile("" : "+m"(factor));
    for (long round = 0; round < rounds; ++round) {
        TONECAST_UNROLL
        for (int i = 0; i < chains; ++i)
            sum[i] = sum[i] * factor + factor;
    }
    Vec total{};
    for (const Vec& s : sum)
        total += s;
    return total[0];
}

/// Reads all of it, a multiple of eight vectors.
inline float read_through(const float* data, size_t floats) {
    Vec sum[8] = {};
    for (size_t i = 0; i < floats; i += 8 * lanes) {
        TONECAST_UNROLL
        for (int k = 0; k < 8; ++k)
            sum[k] += load(data + i + static_cast<size_t>(k * lanes));
    }
    Vec total{};
    for (const Vec& s : sum)
        total += s;
    return total[0];
}

} // namespace tonecast::kernels::TONECAST_SET
