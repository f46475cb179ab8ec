#include "engine/control/graph_control.h"

#include <utility>

namespace tonecast {

void GraphControl::prepare(const ControlSetup& setup, int ramp_steps) {
    setup_.reset();
    newest_ = playing_ = nullptr;
    attached_.clear();
    setting_.prepare(ramp_steps);
    setup_ = setup;
    if (predictor_)
        attach(predictor_);
}

void GraphControl::attach(std::shared_ptr<const Model> predictor) {
    if (setup_) {
        attached_.push_back(std::make_unique<AutomaticControl>(*predictor, control_, *setup_));
        newest_.store(attached_.back().get(), std::memory_order_release);
    }
    predictor_ = std::move(predictor);
}

void GraphControl::begin() noexcept {
    setting_.jump();
    playing_ = nullptr;
    use_newest(0);
    moves_by_itself_ = playing_ != nullptr && is_automatic();
    if (moves_by_itself_)
        playing_->take_over();
}

void GraphControl::follow(std::int64_t now_samples) noexcept {
    use_newest(now_samples);
    const bool automatic = playing_ != nullptr && is_automatic();
    if (automatic && !moves_by_itself_)
        playing_->take_over(setting_.now());
    if (!automatic && moves_by_itself_)
        playing_->release();
    moves_by_itself_ = automatic;
    if (!moves_by_itself_)
        setting_.follow();
}

void GraphControl::use_newest(std::int64_t now_samples) noexcept {
    AutomaticControl* const newest = newest_.load(std::memory_order_acquire);
    if (newest == playing_)
        return;
    playing_ = newest;
    playing_->begin(now_samples);
    moves_by_itself_ = false;
}

float GraphControl::next(std::int64_t frame_end) noexcept {
    if (!moves_by_itself_)
        return setting_.next();
    const float value = playing_->at(frame_end);
    setting_.stand_at(value);
    return value;
}

} // namespace tonecast
