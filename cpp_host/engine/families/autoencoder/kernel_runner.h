#pragma once

#include "engine/families/autoencoder/kernel_model.h"
#include "engine/inference/runner.h"
#include "engine/signal/aligned_floats.h"

#include <memory>
#include <span>

namespace tonecast {

/// Runs a KernelModel for one stream. It has no state beyond a frame.
class KernelRunner : public Runner {
public:
    explicit KernelRunner(std::shared_ptr<const KernelModel> model);

    void prepare(int channels) override;
    void reset() noexcept override {}
    std::span<float> frame() noexcept override { return frame_.span(); }
    std::span<float> controls() noexcept override { return {}; }
    std::span<const float> frame_out() const noexcept override { return frame_out_.span(); }

    /// Neither allocates nor locks, and makes no system call.
    bool run() noexcept override { return run(nullptr); }
    PlayedBy played_by() const override { return model_->played_by(); }

    /// The same, adding up where the time goes.
    bool run(kernels::StageTimes* times) noexcept;

private:
    std::shared_ptr<const KernelModel> model_;
    int channels_ = 0;
    AlignedFloats frame_;
    AlignedFloats frame_out_;
    AlignedFloats scratch_;
    AlignedFloats per_channel_;
};

} // namespace tonecast
