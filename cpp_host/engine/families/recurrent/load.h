#pragma once

#include "engine/effect_file/json.h"
#include "engine/families/family.h"
#include "engine/families/network.h"
#include "engine/families/weight_source.h"

#include <memory>

namespace tonecast::recurrent {

/// Control thread. `network` is the shape. Of each layer it asks for layers.{i}.weight_ih [G · H,
/// in], weight_hh [G · H, H], bias_ih, bias_hh [G · H], initial_hidden [H] and, of an lstm,
/// initial_cell [H], G being its gates and H its cells; of a dense one for weight [out, in] and
/// bias [out]. Throws Error where the shape is none, weights are missing, the oversampling is
/// not 1 to most_oversampling, or the machine has no such kernel.
std::shared_ptr<const Network> load(const Json& network, WeightSource& weights,
                                    const KernelSettings& settings);

} // namespace tonecast::recurrent
