#pragma once

#include "engine/inference/model.h"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace tonecast {

/// Gives every frame back: for tests of the signal path and for measuring what it costs.
class IdentityModel : public Model {
public:
    explicit IdentityModel(Contract contract) : contract_(std::move(contract)) {}

    const Contract& contract() const noexcept override { return contract_; }

    PlayedBy played_by() const override { return {.backend = "identity"}; }
    bool is_real_time_safe() const noexcept override { return true; }

    std::unique_ptr<Runner> make_runner() const override {
        return std::make_unique<IdentityRunner>(contract_);
    }

private:
    class IdentityRunner : public Runner {
    public:
        explicit IdentityRunner(const Contract& contract)
            : frame_size_(static_cast<std::size_t>(contract.frame_size_samples)),
              controls_(contract.controls.size()) {}

        void prepare(int channels) override {
            frame_.assign(static_cast<std::size_t>(channels) * frame_size_, 0.0F);
            frame_out_ = frame_;
        }
        void reset() noexcept override {}
        std::span<float> frame() noexcept override { return frame_; }
        std::span<float> controls() noexcept override { return controls_; }
        std::span<const float> frame_out() const noexcept override { return frame_out_; }
        bool run() noexcept override {
            std::copy(frame_.begin(), frame_.end(), frame_out_.begin());
            return true;
        }

    private:
        std::size_t frame_size_;
        std::vector<float> controls_;
        std::vector<float> frame_;
        std::vector<float> frame_out_;
    };

    Contract contract_;
};

} // namespace tonecast
