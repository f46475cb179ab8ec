#pragma once

#include "engine/families/causal_model.h"
#include "engine/families/network.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

/// The smallest causal network that remembers: y = decay · y' + gain · x + offset, so that silence
/// leaves a state other than zero.
namespace causal_networks {

class Leaky : public tonecast::Network, public std::enable_shared_from_this<Leaky> {
public:
    Leaky(float decay, float gain, float offset, int conditions = 0)
        : decay_(decay), gain_(gain), offset_(offset), conditions_(conditions) {}

    int conditions() const noexcept override { return conditions_; }
    int prewarm_samples() const noexcept override { return 0; }
    std::string instruction_set() const override { return "plain"; }
    std::unique_ptr<tonecast::NetworkStream> make_stream(int channels) const override {
        return std::make_unique<Stream>(shared_from_this(), channels);
    }

    float at_rest() const { return offset_ / (1.0F - decay_); }

private:
    class Stream : public tonecast::NetworkStream {
    public:
        Stream(std::shared_ptr<const Leaky> network, int channels)
            : network_(std::move(network)), last_(static_cast<std::size_t>(channels)) {
            reset();
        }
        void reset() noexcept override {
            for (float& last : last_)
                last = network_->at_rest();
        }
        void process(const float* const* in, std::span<const float> conditions, float* const* out,
                     int n) noexcept override {
            const float gain = network_->gain_ * (conditions.empty() ? 1.0F : conditions[0]);
            for (std::size_t c = 0; c < last_.size(); ++c)
                for (int i = 0; i < n; ++i) {
                    last_[c] = network_->decay_ * last_[c] + gain * in[c][i] + network_->offset_;
                    out[c][i] = last_[c];
                }
        }

    private:
        std::shared_ptr<const Leaky> network_;
        std::vector<float> last_;
    };

    float decay_;
    float gain_;
    float offset_;
    int conditions_;
};

inline tonecast::Contract contract(int sample_rate_hz = 48000) {
    tonecast::Contract made;
    made.form = tonecast::Form::causal;
    made.name = "leaky";
    made.sample_rate_hz = sample_rate_hz;
    made.frame_size_samples = made.hop_size_samples = 64;
    made.hop_sizes_samples = {64};
    made.tail_s = std::nullopt;
    return made;
}

inline tonecast::Control control(std::string name, float usual = 0.0F) {
    tonecast::Control made;
    made.name = std::move(name);
    made.default_value = usual;
    return made;
}

inline std::shared_ptr<const tonecast::CausalModel> model(tonecast::Contract of = contract(),
                                                          float decay = 0.9F, float gain = 1.0F,
                                                          float offset = 0.0F, int conditions = 0) {
    return std::make_shared<tonecast::CausalModel>(
        std::move(of), std::vector<tonecast::SizedNetwork>{
                           {1.0F, std::make_shared<Leaky>(decay, gain, offset, conditions)}});
}

/// Two networks that answer with opposite signs; the control "size" chooses.
inline std::shared_ptr<const tonecast::CausalModel> two_sizes() {
    tonecast::Contract of = contract();
    of.controls = {control("size", 1.0F)};
    return std::make_shared<tonecast::CausalModel>(
        std::move(of),
        std::vector<tonecast::SizedNetwork>{{0.5F, std::make_shared<Leaky>(0.0F, -1.0F, 0.0F)},
                                            {1.0F, std::make_shared<Leaky>(0.0F, 1.0F, 0.0F)}});
}

} // namespace causal_networks
