#pragma once

#include "engine/families/family.h"

/// CAE and CAFx in the registry of families.
namespace tonecast::autoencoder {

std::string obstacle(const Contract& contract);
std::shared_ptr<const Model> load(const EffectFile& file, const KernelSettings& settings);

} // namespace tonecast::autoencoder
