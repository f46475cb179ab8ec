#pragma once

#include "engine/families/compiled/curves.h"
#include "engine/families/recurrent/kernel.h"
#include "engine/kernels/compiled/vec.h"

/// Lanes hold cells. A layer's cells are computed some vectors at a time, a tile; of a tile's
/// weights those of an input stand side by side, gate after gate, so that one broadcast feeds them
/// all and they are read in one line.
namespace tonecast::recurrent::TONECAST_SET {

using namespace kernels::TONECAST_SET;

/// A tile of one vector has two sums for each gate, of even and of odd cells: one alone would wait
/// for itself. The same for any number of channels, so that they change no bit.
template <int vectors>
inline constexpr int chains = vectors == 1 ? 2 : 1;

template <int gates, int vectors>
struct Sums {
    Vec of[gates][vectors];
};

/// Reads a tile's weights from the first to the last.
class Weights {
public:
    TONECAST_INLINE explicit Weights(const float* first) : at_(first) {}

    template <int gates, int vectors>
    TONECAST_INLINE Sums<gates, vectors> take() {
        Sums<gates, vectors> taken;
        TONECAST_UNROLL
        for (int g = 0; g < gates; ++g)
            TONECAST_UNROLL
        for (int v = 0; v < vectors; ++v)
            taken.of[g][v] = load(at_ + (g * vectors + v) * lanes);
        at_ += gates * vectors * lanes;
        return taken;
    }

    /// The vector of a number, from here on.
    TONECAST_INLINE Vec at(int index) const { return load(at_ + index * lanes); }

private:
    const float* at_;
};

template <int gates, int vectors>
TONECAST_INLINE void add(Sums<gates, vectors>& sums, const Sums<gates, vectors>& weights,
                         float value) {
    const Vec everywhere = all(value);
    TONECAST_UNROLL
    for (int g = 0; g < gates; ++g)
        TONECAST_UNROLL
    for (int v = 0; v < vectors; ++v)
        sums.of[g][v] = multiply_add(weights.of[g][v], everywhere, sums.of[g][v]);
}

TONECAST_INLINE Vec short_tanh(Vec x) {
    const Ratio ratio = tanh_ratio(x);
    return ratio.above / ratio.below;
}

/// 1 / (1 + exp(−2x)) is (1 + tanh(x)) / 2. The halves of gates are taken where weights are packed.
TONECAST_INLINE Ratio logistic_ratio(Vec half) {
    const Ratio ratio = tanh_ratio(half);
    return {ratio.below + ratio.above, ratio.below + ratio.below};
}

} // namespace tonecast::recurrent::TONECAST_SET
