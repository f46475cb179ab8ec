#pragma once

#include "engine/inference/causal_runner.h"
#include "engine/inference/runner.h"

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

namespace tonecast {

/// A causal model in blocks of one size, as its graph takes them: to compare the two.
class BlockRunner : public Runner {
public:
    BlockRunner(std::unique_ptr<CausalRunner> runner, int block_samples)
        : runner_(std::move(runner)), block_samples_(static_cast<std::size_t>(block_samples)) {}

    void prepare(int channels) override {
        runner_->prepare(channels);
        in_.assign(static_cast<std::size_t>(channels) * block_samples_, 0.0F);
        out_ = in_;
        ins_.clear();
        outs_.clear();
        for (std::size_t at = 0; at < in_.size(); at += block_samples_) {
            ins_.push_back(in_.data() + at);
            outs_.push_back(out_.data() + at);
        }
    }
    void reset() noexcept override { runner_->reset(); }
    std::span<float> frame() noexcept override { return in_; }
    std::span<float> controls() noexcept override { return runner_->controls(); }
    std::span<const float> frame_out() const noexcept override { return out_; }
    bool run() noexcept override {
        runner_->follow_controls();
        runner_->process(ins_.data(), outs_.data(), static_cast<int>(block_samples_));
        return true;
    }
    PlayedBy played_by() const override { return runner_->played_by(); }

private:
    std::unique_ptr<CausalRunner> runner_;
    std::size_t block_samples_;
    std::vector<float> in_;
    std::vector<float> out_;
    std::vector<const float*> ins_;
    std::vector<float*> outs_;
};

} // namespace tonecast
