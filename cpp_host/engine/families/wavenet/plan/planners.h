#pragma once

#include "engine/families/wavenet/plan/builder.h"
#include "engine/families/weight_source.h"

namespace tonecast::wavenet {

/// From a network's shape and weights to its plan. The tensors are asked for in the order of
/// NAM's files, by PyTorch's names; a condition's before the network's own, with "condition." in
/// front. Throw what WeightSource throws, and Error where the network needs too much memory.
Plan plan(const WaveNet& network, WeightSource& weights, PlanBuilder builder);
Plan plan(const ConvNet& network, WeightSource& weights, PlanBuilder builder);
Plan plan(const Linear& network, WeightSource& weights, PlanBuilder builder);

/// Takes "<name>.weight" and, where there is one, "<name>.bias".
Filter take_filter(WeightSource& weights, const std::string& name, int outs, int ins, int taps,
                   int groups, bool bias);

} // namespace tonecast::wavenet
