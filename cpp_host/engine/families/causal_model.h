#pragma once

#include "engine/effect_file/contract.h"
#include "engine/families/family.h"
#include "engine/families/network.h"
#include "engine/inference/model.h"

#include <memory>
#include <string>
#include <vector>

namespace tonecast {

/// One size of a model: the control "size" chooses the first whose `below` is more.
struct SizedNetwork {
    float below = 1.0F; // the last one is taken for all that is left
    std::shared_ptr<const Network> network;
};

/// A causal network, in one size or several, played by kernels inside the audio callback; what a
/// capture says of its levels around it.
class CausalModel : public Model, public std::enable_shared_from_this<CausalModel> {
public:
    /// At least one size, loaded with these settings. The contract's controls are those of
    /// CausalControls, and after them as many as the network has conditions. Throws Error.
    CausalModel(Contract contract, std::vector<SizedNetwork> sizes,
                const KernelSettings& settings = {});

    const Contract& contract() const noexcept override { return contract_; }
    PlayedBy played_by() const override {
        return {.backend = is_fast_ ? "kernel-fast" : "kernel-exact"};
    }
    bool is_real_time_safe() const noexcept override { return true; }
    std::unique_ptr<Runner> make_runner() const override;
    std::unique_ptr<CausalRunner> make_causal_runner() const override;

    // For its runners.
    const std::vector<SizedNetwork>& sizes() const noexcept { return sizes_; }

private:
    Contract contract_; // at the rate that the networks play at
    std::vector<SizedNetwork> sizes_;
    bool is_fast_;
};

} // namespace tonecast
