#pragma once

#include "tests/families/wavenet/random_wavenet.h"

/// What the layers say, in plain loops and double precision.
namespace reference {

using Samples = std::vector<double>;
using Rows = std::vector<Samples>; // [channel][time]

/// All of a network's outputs for one input, zeros before it, and a row for each condition behind
/// it. The weights are those that were taken when the network was loaded.
Rows play(const tonecast::wavenet::WaveNet& network, const random_wavenet::RandomWeights& weights,
          const Rows& in, const std::string& prefix = "");
Rows play(const tonecast::wavenet::ConvNet& network, const random_wavenet::RandomWeights& weights,
          const Rows& in);
Rows play(const tonecast::wavenet::Linear& network, const random_wavenet::RandomWeights& weights,
          const Rows& in);

} // namespace reference
