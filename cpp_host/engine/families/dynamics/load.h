#pragma once

#include "engine/effect_file/json.h"
#include "engine/families/family.h"
#include "engine/families/network.h"
#include "engine/families/weight_source.h"

#include <memory>

namespace tonecast::dynamics {

/// Control thread. `network` is the shape. It asks for filter.weight [1, 1, taps], sidechain [2],
/// detector [1], curve [2] and paths [paths, 4]. Throws Error where the shape is none, weights are
/// missing, the oversampling is not 1 to most_oversampling, or the machine has no such kernel.
std::shared_ptr<const Network> load(const Json& network, WeightSource& weights,
                                    const KernelSettings& settings);

} // namespace tonecast::dynamics
