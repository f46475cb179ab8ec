#pragma once

#include "engine/families/causal_model.h"
#include "engine/families/network.h"
#include "engine/inference/model.h"
#include "tests/engine/models/causal_networks.h"

#include <algorithm>
#include <atomic>
#include <limits>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

/// Causal models that answer with their input, later by a delay of their own: wherever wet and dry
/// are aligned, they are equal.
namespace delaying_models {

/// From here on a sample is more than the network bears: it answers with NaN.
inline constexpr float unbearable = 8.0F;

class Delaying : public tonecast::Network, public std::enable_shared_from_this<Delaying> {
public:
    explicit Delaying(int delay_samples) : delay_samples_(delay_samples) {}

    int conditions() const noexcept override { return 0; }
    int prewarm_samples() const noexcept override { return delay_samples_; }
    std::string instruction_set() const override { return "plain"; }
    std::unique_ptr<tonecast::NetworkStream> make_stream(int channels) const override {
        return std::make_unique<Stream>(delay_samples_, channels);
    }

private:
    class Stream : public tonecast::NetworkStream {
    public:
        Stream(int delay_samples, int channels)
            : lines_(static_cast<std::size_t>(channels),
                     std::vector<float>(static_cast<std::size_t>(delay_samples))) {}
        void reset() noexcept override {
            for (auto& line : lines_)
                std::ranges::fill(line, 0.0F);
        }
        void process(const float* const* in, std::span<const float>, float* const* out,
                     int n) noexcept override {
            for (int i = 0; i < n; ++i) {
                for (std::size_t c = 0; c < lines_.size(); ++c) {
                    const float heard = in[c][i];
                    out[c][i] = std::exchange(lines_[c][at_], heard);
                    if (heard >= unbearable)
                        out[c][i] = std::numeric_limits<float>::quiet_NaN();
                }
                at_ = (at_ + 1) % lines_.front().size();
            }
        }

    private:
        std::vector<std::vector<float>> lines_;
        std::size_t at_ = 0;
    };

    int delay_samples_;
};

inline tonecast::Contract contract(int delay_samples) {
    tonecast::Contract made = causal_networks::contract();
    made.name = "delaying";
    made.delay_samples = delay_samples;
    return made;
}

/// As kernels play it: any number of samples, at once.
inline std::shared_ptr<const tonecast::CausalModel>
model(tonecast::Contract of, const tonecast::KernelSettings& settings = {}) {
    auto network = std::make_shared<Delaying>(of.delay_samples * settings.oversampling);
    return std::make_shared<tonecast::CausalModel>(
        std::move(of), std::vector<tonecast::SizedNetwork>{{1.0F, std::move(network)}}, settings);
}

/// As ONNX Runtime plays it: in blocks. Waits in its `waits_at`-th block, counted
/// from 0, until it is let go.
class InBlocks : public tonecast::Model {
public:
    explicit InBlocks(tonecast::Contract of, int waits_at = -1)
        : whole_(model(std::move(of))), waits_at_(waits_at) {}

    const tonecast::Contract& contract() const noexcept override { return whole_->contract(); }
    std::unique_ptr<tonecast::Runner> make_runner() const override {
        return std::make_unique<WaitingRunner>(*this);
    }
    void wait_until_waiting() const {
        while (!waiting_.load())
            std::this_thread::yield();
    }
    void let_go() const { held_.store(false); }

private:
    class WaitingRunner : public tonecast::Runner {
    public:
        explicit WaitingRunner(const InBlocks& model)
            : model_(model), runner_(model.whole_->make_runner()) {}
        void prepare(int channels) override { runner_->prepare(channels); }
        void reset() noexcept override { runner_->reset(); }
        std::span<float> frame() noexcept override { return runner_->frame(); }
        std::span<float> controls() noexcept override { return runner_->controls(); }
        std::span<const float> frame_out() const noexcept override { return runner_->frame_out(); }
        bool run() noexcept override {
            if (runs_++ == model_.waits_at_) {
                model_.waiting_.store(true);
                while (model_.held_.load())
                    std::this_thread::yield();
            }
            return runner_->run();
        }

    private:
        const InBlocks& model_;
        std::unique_ptr<tonecast::Runner> runner_;
        int runs_ = 0;
    };

    std::shared_ptr<const tonecast::CausalModel> whole_;
    int waits_at_;
    mutable std::atomic<bool> waiting_{false};
    mutable std::atomic<bool> held_{true};
};

} // namespace delaying_models
