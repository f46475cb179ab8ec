#pragma once

#include "engine/families/family.h"
#include "engine/families/network.h"
#include "engine/families/weight_source.h"

#include <memory>

namespace tonecast::recurrent {

std::shared_ptr<const Network> load(const Json& network, WeightSource& weights,
                                    const KernelSettings& settings);

} // namespace tonecast::recurrent
