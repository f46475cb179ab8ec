#pragma once

#include "engine/effect_file/json.h"
#include "engine/families/family.h"
#include "engine/families/network.h"
#include "engine/families/wavenet/config.h"
#include "engine/families/weight_source.h"

#include <memory>
#include <string_view>

namespace tonecast::wavenet {

/// Control thread. `architecture` is "wavenet", "convnet" or "linear", `network` its shape. Plays
/// at `settings.oversampling` times the network's rate, by dilations as many times as long. Throws
/// Error where the shape is none, weights are missing, or the machine has no such kernel.
std::shared_ptr<const Network> load(std::string_view architecture, const Json& network,
                                    WeightSource& weights, const KernelSettings& settings);

/// The same, of a shape that has been read, or made smaller.
std::shared_ptr<const Network> load(const WaveNet& network, WeightSource& weights,
                                    const KernelSettings& settings);
std::shared_ptr<const Network> load(const ConvNet& network, WeightSource& weights,
                                    const KernelSettings& settings);
std::shared_ptr<const Network> load(const Linear& network, WeightSource& weights,
                                    const KernelSettings& settings);

} // namespace tonecast::wavenet
