#pragma once

#include "engine/families/family.h"

/// The resonance equalizer without latency in the registry of families.
namespace tonecast::resonances {

std::string obstacle(const Contract& contract);
std::shared_ptr<const Model> load(const EffectFile& file, const KernelSettings& settings);

} // namespace tonecast::resonances
