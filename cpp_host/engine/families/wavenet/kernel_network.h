#pragma once

#include "engine/families/network.h"
#include "engine/families/wavenet/kernel.h"
#include "engine/families/wavenet/plan/builder.h"

#include <memory>
#include <string>
#include <vector>

namespace tonecast::wavenet {

/// Plays a plan by the kernel of an instruction set.
class KernelNetwork : public Network, public std::enable_shared_from_this<KernelNetwork> {
public:
    /// Control thread. `plan` was built for the kernel's tiles.
    static std::shared_ptr<const KernelNetwork> make(Plan plan, const Kernel& kernel);

    int conditions() const noexcept override { return plan_.conditions; }
    int prewarm_samples() const noexcept override { return plan_.receptive_field_samples; }
    std::string instruction_set() const override { return kernel_.name; }
    std::unique_ptr<NetworkStream> make_stream(int channels) const override;

    const Plan& plan() const noexcept { return plan_; }
    const Kernel& kernel() const noexcept { return kernel_; }

    /// What each row of each ring holds, all the way, after a reset: what silence leaves, or zeros.
    const std::vector<float>& rest() const noexcept { return rest_; }

private:
    KernelNetwork(Plan plan, const Kernel& kernel);

    Plan plan_;
    const Kernel& kernel_;
    std::vector<float> rest_;
};

} // namespace tonecast::wavenet
