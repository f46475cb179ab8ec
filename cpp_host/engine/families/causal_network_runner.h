#pragma once

#include "engine/families/causal_controls.h"
#include "engine/families/causal_model.h"
#include "engine/inference/causal_runner.h"
#include "engine/signal/audio_buffer.h"

#include <memory>
#include <vector>

namespace tonecast {

/// Runs a CausalModel for one stream.
///
///   in ─ gain ─ network of the chosen size ─ gain ─ out
///
/// To another size it fades, from the state that silence leaves.
class CausalNetworkRunner : public CausalRunner {
public:
    explicit CausalNetworkRunner(std::shared_ptr<const CausalModel> model);

    void prepare(int channels) override;
    void reset() noexcept override;
    std::span<float> controls() noexcept override { return controls_; }
    void follow_controls() noexcept override;
    void process(const float* const* in, float* const* out, int n) noexcept override;
    PlayedBy played_by() const override { return model_->played_by(); }

private:
    /// A gain that moves to its target within some milliseconds, sample by sample.
    struct Gain {
        float now = 1.0F;
        float target = 1.0F;

        bool moves() const noexcept { return now != target; }
        float next() noexcept;
    };

    void process_chunk(const float* const* in, float* const* out, int n) noexcept;
    void fade(float* const* out, int n) noexcept;
    std::size_t chosen() const noexcept;

    std::shared_ptr<const CausalModel> model_;
    CausalControls meaning_;
    std::vector<float> controls_;
    std::vector<float> conditions_; // what the network hears: their places in the controls' ranges
    std::vector<std::unique_ptr<NetworkStream>> streams_; // one for each size
    std::size_t playing_ = 0;
    std::size_t fading_in_ = 0;
    int fade_left_samples_ = 0;
    int fade_samples_ = 1;
    float last_size_ = 1.0F;
    bool begins_ = true; // nothing was played: controls jump
    Gain input_gain_;
    Gain output_gain_;

    AudioBuffer gained_;
    AudioBuffer other_; // what the size that fades in gives
    std::vector<float*> gained_channels_;
    std::vector<float*> other_channels_;
    std::vector<const float*> ins_;
    std::vector<float*> outs_;
};

} // namespace tonecast
