#include "engine/control/automatic_control.h"

#include "engine/error.h"
#include "engine/threads/own_thread.h"

#include <algorithm>
#include <cmath>
#include <string>

namespace tonecast {

namespace {

constexpr double min_period_s = 0.01;
constexpr auto relaxed = std::memory_order_relaxed;

const Contract& checked(const Model& predictor) {
    const Contract& contract = predictor.contract();
    if (contract.kind != Kind::predictor)
        throw Error(contract.name + " is an effect, not a predictor: it cannot move a control");
    if (contract.period_s < min_period_s)
        throw Error(contract.name + " predicts more often than every 10 ms, which cannot be played;"
                                    " export it with a longer period");
    return contract;
}

std::int64_t step_samples(const Model& predictor) {
    return std::lround(predictor.contract().period_s * predictor.contract().sample_rate_hz);
}

/// In whole samples of the host's.
std::int64_t period_samples(const Model& predictor, const ControlSetup& setup) {
    const RateRatio ratio(setup.sample_rate_hz, predictor.contract().sample_rate_hz);
    return (step_samples(predictor) * ratio.down + ratio.up - 1) / ratio.up;
}

WindowReader make_reader(const Contract& predictor, const ControlSetup& setup) {
    WindowReader reader;
    reader.prepare(setup.sample_rate_hz, predictor.sample_rate_hz,
                   std::min(setup.channels, predictor_channels), predictor.window_samples);
    return reader;
}

std::unique_ptr<Runner> make_runner(const Model& predictor) {
    auto runner = predictor.make_runner();
    runner->prepare(predictor_channels);
    return runner;
}

} // namespace

AutomaticControl::AutomaticControl(const Model& predictor, const Control& control,
                                   const ControlSetup& setup)
    : to_model_(setup.sample_rate_hz, setup.model_rate_hz), sample_rate_hz_(setup.sample_rate_hz),
      minimum_(control.minimum), maximum_(control.maximum), default_value_(control.default_value),
      reader_(make_reader(checked(predictor), setup)), step_samples_(step_samples(predictor)),
      period_samples_(period_samples(predictor, setup)),
      // Those that wait for their period to end, or for a frame that ends after it.
      due_(static_cast<std::size_t>(4 + (setup.frame_lag_samples + setup.max_input_samples) /
                                            period_samples_)),
      history_(std::make_shared<History>()),
      executor_(std::make_shared<PredictorExecutor>(make_runner(predictor), reader_, history_,
                                                    due_.size(), setup.worker)) {
    const std::int64_t kept =
        reader_.reach_samples() + static_cast<std::int64_t>(due_.size()) * period_samples_;
    history_->prepare(setup.channels, setup.max_input_samples, static_cast<int>(kept));
    follower_.prepare(predictor.contract().smoothing_s * sample_rate_hz_);
    if (setup.worker)
        executor_ = on_own_thread(std::move(executor_));
}

void AutomaticControl::begin(std::int64_t now_samples) noexcept {
    release();
    trace_.reset();
    begun_at_ = now_ = now_samples;
    stream_begin_ = history_->written();
    windows_ = 0;
}

void AutomaticControl::release() noexcept {
    predicts_ = false;
    due_count_ = 0;
    executor_->reset();
}

void AutomaticControl::take_over(float value) noexcept {
    const auto now = static_cast<double>(now_);
    predicts_ = true;
    follower_.jump_to(value, now);
    if (windows_ == 0)
        follower_.set_target(default_value_, now);
    trace_.add({now / sample_rate_hz_, follower_.target(), value});
}

void AutomaticControl::listen(const AudioBuffer& in, int n) noexcept {
    history_->push(in, n);
    now_ += n;
    for (;; ++windows_) {
        const PredictorWindow window{stream_begin_, windows_ * step_samples_};
        const std::int64_t ended_at = begun_at_ + reader_.needs(window);
        if (ended_at > now_)
            return;
        if (!predicts_ || due_count_ == due_.size())
            continue;
        due_[(due_from_ + due_count_++) % due_.size()] = ended_at + period_samples_;
        executor_->submit(window);
    }
}

float AutomaticControl::at(std::int64_t frame_end) noexcept {
    const std::int64_t end = frame_end * to_model_.down; // × up, to stay whole
    for (; due_count_ > 0 && due_[due_from_] * to_model_.up <= end; --due_count_) {
        take_effect(due_[due_from_]);
        due_from_ = (due_from_ + 1) % due_.size();
    }
    const double value = follower_.at(static_cast<double>(end) / to_model_.up);
    return std::clamp(static_cast<float>(value), minimum_, maximum_);
}

void AutomaticControl::take_effect(std::int64_t at_samples) noexcept {
    const auto now = static_cast<double>(at_samples);
    const auto applied = static_cast<float>(follower_.at(now));
    const std::optional<float> value = executor_->collect();
    if (value && *value >= minimum_ && *value <= maximum_)
        follower_.set_target(*value, now);
    else
        (value ? executor_->counts().bad_frames : executor_->counts().late_frames)
            .fetch_add(1, relaxed);
    trace_.add({now / sample_rate_hz_, follower_.target(), applied});
}

} // namespace tonecast
