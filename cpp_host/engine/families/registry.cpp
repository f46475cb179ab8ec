#include "engine/families/registry.h"

#include "engine/families/autoencoder/family.h"
#include "engine/families/load_network.h"
#include "engine/families/resonances/family.h"

#include <algorithm>
#include <iterator>

namespace tonecast {

namespace {

// One line for each family: its architecture, and what its folder has for it.
constexpr Family families[] = {
    {"cae", autoencoder::obstacle, autoencoder::load},
    {"cafx", autoencoder::obstacle, autoencoder::load},
    {"convnet", causal::obstacle, causal::load},
    {"dynamics", causal::obstacle, causal::load},
    {"linear", causal::obstacle, causal::load},
    {"recurrent", causal::obstacle, causal::load},
    {"resonances", resonances::obstacle, resonances::load},
    {"wavenet", causal::obstacle, causal::load},
};

} // namespace

const Family* find_family(const Contract& contract) noexcept {
    if (!contract.architecture)
        return nullptr;
    const auto* const found =
        std::ranges::find(families, contract.architecture->name, &Family::architecture);
    return found == std::end(families) ? nullptr : found;
}

std::string kernel_obstacle(const Contract& contract) {
    if (contract.has_sidechain || contract.channels)
        return "kernels play each channel of one sound by itself, and its contract has a "
               "side-chain or channels that play together";
    if (const Family* const family = find_family(contract))
        return family->obstacle(contract);
    std::string known;
    for (const Family& family : families)
        known += (known.empty() ? "" : ", ") + std::string(family.architecture);
    return "there are kernels for the architectures " + known + ", and its contract names none";
}

} // namespace tonecast
