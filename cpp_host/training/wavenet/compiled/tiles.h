#pragma once

#include "engine/kernels/compiled/vec.h"
#include "training/wavenet/kernel.h"

/// Samples of some rows that are worked on while they are in the first cache.
namespace tonecast::training::wavenet::TONECAST_SET {

using namespace tonecast::kernels::TONECAST_SET;

/// Sums that are kept in registers at once; the rest is for what they are made of.
inline constexpr int most_sums = registers == 32 ? 16 : 8;
inline constexpr int most_rows = registers == 32 ? 8 : 4;

/// From `first` on, to `last`, exclusive.
struct Span {
    int first;
    int last;

    bool empty() const { return first >= last; }
};

/// What of a tile lies behind a signal's beginning.
TONECAST_INLINE Span from(int begin, const Span& tile) {
    return {begin > tile.first ? begin : tile.first, tile.last};
}

struct Signals {
    const View* view;
    float* tape;
    float* gradients;

    TONECAST_INLINE float* value(const Rows& rows, int row) const {
        return tape + rows.value + row * view->row_floats;
    }
    TONECAST_INLINE float* gradient(const Rows& rows, int row) const {
        return gradients + rows.gradient + row * view->row_floats;
    }
};

/// Adds to a gradient, or sets it.
TONECAST_INLINE void give(float* gradient, bool adds, Vec part) {
    store(gradient, adds ? load(gradient) + part : part);
}

/// What was set from `begin` on has zeros before that, and before the signal's own beginning, where
/// convolutions look. Done with the tile that has its beginning.
inline void clear_before(const Signals& signals, const Rows& rows, int begin, const Span& tile) {
    if (rows.gradient < 0 || rows.count == 0 || rows.adds || begin < tile.first ||
        begin >= tile.last)
        return;
    for (int row = 0; row < rows.count; ++row) {
        float* const gradient = signals.gradient(rows, row);
        for (int t = rows.begin - guard_samples; t < begin; t += lanes)
            store(gradient + t, Vec{});
    }
}

} // namespace tonecast::training::wavenet::TONECAST_SET
