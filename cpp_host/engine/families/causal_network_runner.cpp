#include "engine/families/causal_network_runner.h"

#include <algorithm>
#include <cmath>
#include <span>
#include <utility>

namespace tonecast {

namespace {

constexpr int chunk_samples = 256;
constexpr double fade_s = 0.01;
constexpr float gain_step = 0.005F; // of what is left, each sample: a time constant of 4 ms
constexpr float gain_reached = 1e-5F;

} // namespace

float CausalNetworkRunner::Gain::next() noexcept {
    now += gain_step * (target - now);
    if (std::fabs(target - now) <= gain_reached * std::fabs(target))
        now = target;
    return now;
}

CausalNetworkRunner::CausalNetworkRunner(std::shared_ptr<const CausalModel> model)
    : model_(std::move(model)), meaning_(model_->contract()) {
    for (const Control& control : model_->contract().controls)
        controls_.push_back(control.default_value);
    conditions_.resize(controls_.size() - meaning_.first_condition());
}

void CausalNetworkRunner::prepare(int channels) {
    streams_.clear();
    for (const SizedNetwork& size : model_->sizes())
        streams_.push_back(size.network->make_stream(channels));
    fade_samples_ =
        std::max(1, static_cast<int>(std::lround(fade_s * model_->contract().sample_rate_hz)));
    gained_.resize(channels, chunk_samples);
    other_.resize(channels, chunk_samples);
    gained_channels_.clear();
    other_channels_.clear();
    for (int c = 0; c < channels; ++c) {
        gained_channels_.push_back(gained_.channel(c));
        other_channels_.push_back(other_.channel(c));
    }
    ins_.resize(static_cast<std::size_t>(channels));
    outs_.resize(static_cast<std::size_t>(channels));
    begins_ = true;
    follow_controls();
}

void CausalNetworkRunner::reset() noexcept {
    begins_ = true;
    follow_controls();
}

std::size_t CausalNetworkRunner::chosen() const noexcept {
    const float size = meaning_.size(controls_);
    const auto& sizes = model_->sizes();
    const auto found = std::find_if(sizes.begin(), sizes.end() - 1,
                                    [&](const SizedNetwork& one) { return size < one.below; });
    return static_cast<std::size_t>(found - sizes.begin());
}

void CausalNetworkRunner::follow_controls() noexcept {
    input_gain_.target = meaning_.input_gain(controls_);
    output_gain_.target = meaning_.output_gain(controls_);
    const auto knobs = std::span(model_->contract().controls).subspan(meaning_.first_condition());
    for (std::size_t i = 0; i < knobs.size(); ++i) {
        const float value = controls_[meaning_.first_condition() + i];
        conditions_[i] = (value - knobs[i].minimum) / (knobs[i].maximum - knobs[i].minimum);
    }
    const float size = meaning_.size(controls_);
    const bool size_rests = std::exchange(last_size_, size) == size; // not on its way to another
    if (begins_) {
        input_gain_.now = input_gain_.target;
        output_gain_.now = output_gain_.target;
        playing_ = chosen();
        fade_left_samples_ = 0;
        streams_[playing_]->reset();
    } else if (size_rests && fade_left_samples_ == 0 && chosen() != playing_) {
        fading_in_ = chosen();
        fade_left_samples_ = fade_samples_;
        streams_[fading_in_]->reset();
    }
}

void CausalNetworkRunner::process(const float* const* in, float* const* out, int n) noexcept {
    begins_ = false;
    for (int at = 0; at < n; at += chunk_samples) {
        for (std::size_t c = 0; c < ins_.size(); ++c) {
            ins_[c] = in[c] + at;
            outs_[c] = out[c] + at;
        }
        process_chunk(ins_.data(), outs_.data(), std::min(chunk_samples, n - at));
    }
}

void CausalNetworkRunner::process_chunk(const float* const* in, float* const* out, int n) noexcept {
    if (input_gain_.moves() || input_gain_.now != 1.0F || fade_left_samples_ > 0) {
        for (int i = 0; i < n; ++i) {
            const float gain = input_gain_.next();
            for (std::size_t c = 0; c < gained_channels_.size(); ++c)
                gained_channels_[c][i] = in[c][i] * gain;
        }
        in = gained_channels_.data(); // both sizes hear it, though the first may play in place
    }
    if (fade_left_samples_ > 0)
        streams_[fading_in_]->process(in, conditions_, other_channels_.data(), n);
    streams_[playing_]->process(in, conditions_, out, n);
    if (fade_left_samples_ > 0)
        fade(out, n);
    if (output_gain_.moves() || output_gain_.now != 1.0F)
        for (int i = 0; i < n; ++i) {
            const float gain = output_gain_.next();
            for (std::size_t c = 0; c < outs_.size(); ++c)
                out[c][i] *= gain;
        }
}

void CausalNetworkRunner::fade(float* const* out, int n) noexcept {
    for (int i = 0; i < n; ++i) {
        fade_left_samples_ = std::max(0, fade_left_samples_ - 1);
        const float left =
            static_cast<float>(fade_left_samples_) / static_cast<float>(fade_samples_);
        for (std::size_t c = 0; c < outs_.size(); ++c)
            out[c][i] = left * out[c][i] + (1.0F - left) * other_channels_[c][i];
    }
    if (fade_left_samples_ == 0)
        playing_ = fading_in_;
}

} // namespace tonecast
