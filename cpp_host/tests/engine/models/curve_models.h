#pragma once

#include "engine/inference/model.h"
#include "tests/engine/streams.h"

#include <atomic>
#include <cmath>
#include <functional>
#include <memory>
#include <span>
#include <thread>
#include <utility>
#include <vector>

/// Filter effects whose curves are computed by a function.
namespace curve_models {

inline tonecast::Contract contract(int sample_rate_hz = 48000) {
    tonecast::Contract made;
    made.name = "curves";
    made.form = tonecast::Form::filter;
    made.sample_rate_hz = sample_rate_hz;
    made.frame_size_samples = 256;
    made.hop_size_samples = 128;
    made.hop_sizes_samples = {128};
    made.analysis_window = tonecast::Window::hann;
    made.transform_size_samples = 256;
    made.filter_taps_samples = 100;
    made.max_gain_db = 6.0F;
    return made;
}

/// The `delta` of a filter effect: its player's, no input of its graph.
inline tonecast::Control delta() {
    tonecast::Control control{"delta", "Delta", "", tonecast::Scale::toggle, 0.0F, 1.0F, 0.0F, ""};
    control.is_players = true;
    return control;
}

/// What a frame [samples] of one channel makes of a curve [bins], the k-th of the stream, and of
/// what the last one has left. False: it fails.
using Draw =
    std::function<bool(int k, std::span<const float> frame, std::span<float> curve, float& state)>;

/// Differs in each bin and from frame to frame, so that what is lost, doubled or exchanged is
/// heard.
inline bool draw_sound(int, std::span<const float> frame, std::span<float> curve, float& state) {
    for (std::size_t b = 0; b < curve.size(); ++b)
        curve[b] = 5.0F - 30.0F * std::fabs(frame[b] + 0.3F * state);
    state = 0.5F * state + frame[frame.size() / 2];
    return true;
}

inline Draw flat(float gain_db) {
    return [gain_db](int, std::span<const float>, std::span<float> curve, float&) {
        std::ranges::fill(curve, gain_db);
        return true;
    };
}

class CurveModel : public tonecast::Model {
public:
    explicit CurveModel(Draw draw, bool is_linked = false,
                        tonecast::Contract of = curve_models::contract())
        : contract_(std::move(of)), draw_(std::move(draw)), is_linked_(is_linked) {}

    const tonecast::Contract& contract() const noexcept override { return contract_; }
    std::unique_ptr<tonecast::Runner> make_runner() const override {
        return std::make_unique<CurveRunner>(*this);
    }

private:
    class CurveRunner : public tonecast::Runner {
    public:
        explicit CurveRunner(const CurveModel& model)
            : model_(model), controls_(model.contract_.controls.size()) {}
        void prepare(int channels) override {
            const std::size_t curves = model_.is_linked_ ? 1 : static_cast<std::size_t>(channels);
            frame_.assign(static_cast<std::size_t>(channels) * samples(), 0.0F);
            curves_.assign(curves * bins(), 0.0F);
            states_.assign(curves, 0.0F);
        }
        void reset() noexcept override { std::ranges::fill(states_, 0.0F); }
        std::span<float> frame() noexcept override { return frame_; }
        std::span<float> controls() noexcept override { return controls_; }
        std::span<const float> frame_out() const noexcept override { return curves_; }
        bool run() noexcept override {
            bool worked = true;
            for (std::size_t c = 0; c < states_.size(); ++c)
                worked &= model_.draw_(runs_, std::span(frame_).subspan(c * samples(), samples()),
                                       std::span(curves_).subspan(c * bins(), bins()), states_[c]);
            ++runs_;
            return worked;
        }

    private:
        std::size_t samples() const {
            return static_cast<std::size_t>(model_.contract_.frame_size_samples);
        }
        std::size_t bins() const {
            return static_cast<std::size_t>(model_.contract_.transform_size_samples / 2 + 1);
        }

        const CurveModel& model_;
        int runs_ = 0;
        std::vector<float> frame_;
        std::vector<float> controls_;
        std::vector<float> curves_;
        std::vector<float> states_;
    };

    tonecast::Contract contract_;
    Draw draw_;
    bool is_linked_;
};

inline std::unique_ptr<tonecast::Engine> engine(Draw draw, const tonecast::PlaySettings& settings,
                                                bool is_linked = false) {
    auto made = std::make_unique<tonecast::Engine>(
        std::make_shared<CurveModel>(std::move(draw), is_linked));
    made->prepare(settings);
    return made;
}

} // namespace curve_models
