#pragma once

#include "engine/effect_file/effect_file.h"
#include "engine/families/family.h"
#include "engine/families/network.h"
#include "engine/families/weight_source.h"

#include <memory>
#include <string>
#include <string_view>

namespace tonecast {

/// The causal network of an architecture: "wavenet", "convnet", "linear", "recurrent" or
/// "dynamics". Throws Error where the network is none, or its weights do not fit it.
std::shared_ptr<const Network> load_network(std::string_view architecture, const Json& network,
                                            WeightSource& weights, const KernelSettings& settings);

/// Those architectures in the registry of families.
namespace causal {

std::string obstacle(const Contract& contract);
std::shared_ptr<const Model> load(const EffectFile& file, const KernelSettings& settings);

} // namespace causal
} // namespace tonecast
