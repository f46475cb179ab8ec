#pragma once

#include "engine/families/wavenet/config.h"
#include "engine/families/weight_source.h"

#include <string>
#include <vector>

namespace tonecast::wavenet {

/// A smaller network in a larger one: the first channels of each array. Of an array's allowed
/// channel counts, in ascending order, the one at size · count is taken, 0 ≤ size ≤ 1; an array
/// that allows none keeps its own. NAM's "slice_channels_uniform"; see its SlimmableWavenet. Throws
/// Error where the network cannot be cut so: groups, FiLMs, gates, array heads of several taps, a
/// head after the arrays.
WaveNet slim(const WaveNet& network, float size,
             const std::vector<std::vector<int>>& allowed_channels);

/// The weights of a smaller network out of those of the larger one: first rows, first columns.
class SlimmedWeights : public WeightSource {
public:
    /// `weights`, which live as long as this, are those of `larger`: what slim() was given.
    SlimmedWeights(WeightSource& weights, WaveNet larger);

    std::vector<float> take(const std::string& name,
                            std::initializer_list<std::size_t> shape) override;

private:
    WeightSource& weights_;
    WaveNet larger_;
};

} // namespace tonecast::wavenet
