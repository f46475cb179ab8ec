#pragma once

#include "engine/families/wavenet/plan/plan.h"
#include "engine/kernels/compiled/vec.h"

#include <stddef.h>

/// Signals of one channel, vector by vector.
namespace tonecast::wavenet::TONECAST_SET {

using namespace kernels::TONECAST_SET;

inline constexpr int chunk_vectors = chunk_samples / lanes;

/// One channel of a stream, and how much of the chunk is played.
struct Channel {
    float* memory;
    const int* at; // of each ring
    int vectors;

    TONECAST_INLINE float* find(const Signal& signal) const {
        return memory + signal.offset + (signal.ring < 0 ? 0 : at[signal.ring]);
    }
};

/// The rows of a signal, or nothing.
struct Rows {
    float* first;
    ptrdiff_t stride;

    TONECAST_INLINE Rows(const Channel& channel, const Signal& signal)
        : first(signal.exists() ? channel.find(signal) : nullptr), stride(signal.stride) {}

    TONECAST_INLINE bool exist() const { return first != nullptr; }
    TONECAST_INLINE Vec get(int row, int vector) const {
        return load_unaligned(first + row * stride + vector * lanes);
    }
    TONECAST_INLINE void set(int row, int vector, Vec x) const {
        store_unaligned(first + row * stride + vector * lanes, x);
    }
};

/// Calls use(row, vector) for all of a signal.
template <typename Use>
TONECAST_INLINE void for_each_vector(int rows, const Channel& channel, Use use) {
    for (int row = 0; row < rows; ++row)
        for (int v = 0; v < channel.vectors; ++v)
            use(row, v);
}

/// Copies what the newest chunk wrote around the end of a ring to where it is also looked for.
inline void mirror_newest(const Ring& ring, const Channel& channel) {
    const int begin = channel.at[ring.signal.ring];
    const int end = begin + channel.vectors * lanes;
    int from = begin; // into the mirror
    int to = end < chunk_samples ? end : chunk_samples;
    int distance = ring.length;
    if (end > ring.length) { // out of the mirror
        from = ring.length;
        to = end;
        distance = -ring.length;
    }
    if (from >= to)
        return;
    for (int row = 0; row < ring.rows; ++row) {
        float* samples = channel.memory + ring.signal.offset + row * ring.signal.stride;
        for (int i = from; i < to; ++i)
            samples[i + distance] = samples[i];
    }
}

} // namespace tonecast::wavenet::TONECAST_SET
