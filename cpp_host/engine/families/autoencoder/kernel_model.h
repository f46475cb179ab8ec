#pragma once

#include "engine/effect_file/effect_file.h"
#include "engine/families/autoencoder/frame_kernel.h"
#include "engine/inference/model.h"
#include "engine/signal/aligned_floats.h"

#include <memory>
#include <string>

namespace tonecast {

/// A CAE or CAFx played by code made for it, inside the audio callback if need be: no ONNX Runtime,
/// no allocation, no lock. Its constants are arranged once and shared by all streams.
class KernelModel : public Model, public std::enable_shared_from_this<KernelModel> {
public:
    /// Throws Error where there is no kernel for `file`, or none named `instruction_set` on this
    /// machine; empty is the fastest.
    static std::shared_ptr<const KernelModel> load(const EffectFile& file, kernels::Route route,
                                                   const std::string& instruction_set = "");

    const Contract& contract() const noexcept override { return contract_; }
    PlayedBy played_by() const override;
    bool is_real_time_safe() const noexcept override { return true; }
    std::unique_ptr<Runner> make_runner() const override;

    // For its runners.
    const kernels::FrameKernel& kernel() const noexcept { return kernel_; }
    kernels::Route route() const noexcept { return route_; }
    const void* packed() const noexcept { return packed_.span().data(); }

private:
    KernelModel(const EffectFile& file, kernels::Route route, const kernels::FrameKernel& kernel);

    Contract contract_;
    kernels::Route route_;
    const kernels::FrameKernel& kernel_;
    AlignedFloats packed_;
};

} // namespace tonecast
