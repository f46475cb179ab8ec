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
              sounds_(contract.has_sidechain ? 2 : 1), controls_(contract.controls.size()) {}

        void prepare(int channels) override {
            frame_out_.assign(static_cast<std::size_t>(channels) * frame_size_, 0.0F);
            frame_.assign(sounds_ * frame_out_.size(), 0.0F); // a side-chain behind the input
        }
        void reset() noexcept override {}
        std::span<float> frame() noexcept override { return frame_; }
        std::span<float> controls() noexcept override { return controls_; }
        std::span<const float> frame_out() const noexcept override { return frame_out_; }
        bool run() noexcept override {
            std::copy_n(frame_.begin(), frame_out_.size(), frame_out_.begin());
            return true;
        }

    private:
        std::size_t frame_size_;
        std::size_t sounds_;
        std::vector<float> controls_;
        std::vector<float> frame_;
        std::vector<float> frame_out_;
    };

    Contract contract_;
};

} // namespace tonecast
