#pragma once

#include "engine/effect_file/contract.h"
#include "engine/inference/model.h"
#include "tests/engine/streams.h"

#include <cstddef>
#include <limits>
#include <memory>
#include <utility>
#include <vector>

/// Models with a side-chain, which is all that one hears of them.
namespace keyed_models {

/// From here on a sample of the side-chain is more than the model bears: it answers with NaN.
inline constexpr float unbearable = 8.0F;

class Keyed : public tonecast::Model {
public:
    explicit Keyed(tonecast::Contract contract) : contract_(std::move(contract)) {
        contract_.name = "keyed";
        contract_.has_sidechain = true;
    }

    const tonecast::Contract& contract() const noexcept override { return contract_; }
    bool is_real_time_safe() const noexcept override { return true; }
    std::unique_ptr<tonecast::Runner> make_runner() const override {
        return std::make_unique<KeyedRunner>(static_cast<std::size_t>(contract_.frame_size_samples),
                                             contract_.controls.size());
    }

private:
    class KeyedRunner : public tonecast::Runner {
    public:
        KeyedRunner(std::size_t frame_size, std::size_t controls)
            : frame_size_(frame_size), controls_(controls) {}
        void prepare(int channels) override {
            out_.assign(static_cast<std::size_t>(channels) * frame_size_, 0.0F);
            frame_.assign(2 * out_.size(), 0.0F);
        }
        void reset() noexcept override {}
        std::span<float> frame() noexcept override { return frame_; }
        std::span<float> controls() noexcept override { return controls_; }
        std::span<const float> frame_out() const noexcept override { return out_; }
        bool run() noexcept override {
            for (std::size_t i = 0; i < out_.size(); ++i) {
                out_[i] = frame_[out_.size() + i];
                if (out_[i] >= unbearable)
                    out_[i] = std::numeric_limits<float>::quiet_NaN();
            }
            return true;
        }

    private:
        std::size_t frame_size_;
        std::vector<float> controls_;
        std::vector<float> frame_;
        std::vector<float> out_;
    };

    tonecast::Contract contract_;
};

/// In windowed frames that are added up.
inline std::shared_ptr<const tonecast::Model> in_frames(int sample_rate_hz = 48000) {
    return std::make_shared<Keyed>(streams::contract(sample_rate_hz));
}

/// In blocks, as ONNX Runtime plays causal effects.
inline std::shared_ptr<const tonecast::Model> in_blocks() {
    tonecast::Contract made = streams::contract();
    made.form = tonecast::Form::causal;
    made.frame_size_samples = made.hop_size_samples = 64;
    made.hop_sizes_samples = {64};
    made.analysis_window = made.synthesis_window = tonecast::Window::none;
    return std::make_shared<Keyed>(made);
}

} // namespace keyed_models
