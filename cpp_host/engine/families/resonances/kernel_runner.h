#pragma once

#include "engine/families/resonances/kernel_model.h"
#include "engine/families/resonances/stages/resonances.h"
#include "engine/inference/runner.h"

#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace tonecast::resonances {

/// Runs a KernelModel for one stream: frames [channels, frame size] → curves [channels, bins], in
/// dB.
class KernelRunner : public Runner {
public:
    explicit KernelRunner(std::shared_ptr<const KernelModel> model);

    void prepare(int channels) override;
    void reset() noexcept override;
    std::span<float> frame() noexcept override { return frame_; }
    std::span<float> controls() noexcept override { return controls_; }
    std::span<const float> frame_out() const noexcept override { return gain_db_; }

    /// Neither allocates nor locks, and makes no system call. False where a sample is not finite,
    /// or its power is more than a float holds.
    bool run() noexcept override;
    PlayedBy played_by() const override { return model_->played_by(); }

private:
    std::shared_ptr<const KernelModel> model_;
    std::optional<Resonances> resonances_;
    std::vector<float> frame_;
    std::vector<float> controls_;
    std::vector<float> gain_db_;
};

} // namespace tonecast::resonances
