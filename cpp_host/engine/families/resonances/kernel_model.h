#pragma once

#include "engine/families/family.h"
#include "engine/families/resonances/config.h"
#include "engine/families/resonances/controls.h"
#include "engine/families/resonances/tables.h"
#include "engine/inference/model.h"

#include <memory>

namespace tonecast::resonances {

/// A resonance equalizer without latency, its curves computed by code made for it: no ONNX Runtime,
/// no allocation, no lock. One code for all instruction sets and precisions.
class KernelModel : public Model, public std::enable_shared_from_this<KernelModel> {
public:
    KernelModel(Contract contract, const Config& config, Tables tables, Precision precision);

    const Contract& contract() const noexcept override { return contract_; }
    PlayedBy played_by() const override {
        return {.backend = is_exact_ ? "kernel-exact" : "kernel-fast"};
    }
    bool is_real_time_safe() const noexcept override { return true; }
    std::unique_ptr<Runner> make_runner() const override;

    // For its runners.
    const Config& config() const noexcept { return config_; }
    const Tables& tables() const noexcept { return tables_; }
    const ControlReader& controls() const noexcept { return controls_; }

private:
    Contract contract_;
    Config config_;
    Tables tables_;
    ControlReader controls_;
    bool is_exact_;
};

} // namespace tonecast::resonances
