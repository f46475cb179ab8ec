#include "engine/families/causal_model.h"

#include "engine/error.h"
#include "engine/families/causal_controls.h"
#include "engine/families/causal_network_runner.h"
#include "engine/inference/block_runner.h"

#include <utility>

namespace tonecast {

CausalModel::CausalModel(Contract contract, std::vector<SizedNetwork> sizes,
                         const KernelSettings& settings)
    : contract_(std::move(contract)), sizes_(std::move(sizes)),
      is_fast_(settings.precision == Precision::fast) {
    const CausalControls controls(contract_);
    const auto conditions = contract_.controls.size() - controls.first_condition();
    for (const SizedNetwork& size : sizes_)
        if (size.network->conditions() != static_cast<int>(conditions))
            throw Error("its network has " + std::to_string(size.network->conditions()) +
                        " inputs beside the sound, but its contract " + std::to_string(conditions) +
                        " controls for them");
    contract_.sample_rate_hz *= settings.oversampling;
    contract_.delay_samples *= settings.oversampling; // the network remembers as long as ever
}

std::unique_ptr<CausalRunner> CausalModel::make_causal_runner() const {
    return std::make_unique<CausalNetworkRunner>(shared_from_this());
}

std::unique_ptr<Runner> CausalModel::make_runner() const {
    return std::make_unique<BlockRunner>(make_causal_runner(), contract_.frame_size_samples);
}

} // namespace tonecast
