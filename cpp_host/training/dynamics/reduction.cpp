#include "training/dynamics/reduction.h"

#include <algorithm>
#include <cmath>

namespace tonecast::training::dynamics {

namespace {

constexpr double power_floor = 1e-10; // the level of silence: −100 dB
constexpr double db_per_log_power = 4.342944819032518;

} // namespace

Reduction::Reduction(const Parameters& parameters)
    : lowpass_(parameters.values[0]), amount_(parameters.values[1]),
      detector_(parameters.values[2]), threshold_db_(parameters.values[3]),
      knee_db_(parameters.values[4]), sign_(parameters.reduces_above ? 1.0 : -1.0) {
    curve(0.0);
    for (std::size_t i = 0; i < parameters.paths(); ++i) {
        const double* const own =
            parameters.values.data() + Parameters::shared + i * Parameters::own;
        Path path{own[0], own[1], own[2], own[3], wanted_, wanted_};
        // Silence moves with the curve.
        std::ranges::copy(of_wanted_, path.of_held.begin());
        std::ranges::copy(of_wanted_, path.of_smoothed.begin());
        paths_.push_back(path);
    }
}

void Reduction::curve(double power) {
    const double above_floor = power + power_floor;
    const double level_db = db_per_log_power * std::log(above_floor);
    const double over = sign_ * (level_db - threshold_db_) / knee_db_;
    const double small = std::exp(-std::abs(over));
    const double softplus = std::max(over, 0.0) + std::log1p(small);
    const double slope = (over > 0.0 ? 1.0 : small) / (1.0 + small);
    wanted_ = knee_db_ * softplus;
    const double by_power = slope * sign_ * db_per_log_power / above_floor;
    for (std::size_t i = 0; i < of_power_.size(); ++i)
        of_wanted_[i] = by_power * of_power_[i];
    of_wanted_[3] = -slope * sign_;
    of_wanted_[4] = softplus - slope * over;
}

void Reduction::follow(Path& path) const {
    if (wanted_ > path.held) {
        path.held = wanted_;
        std::ranges::copy(of_wanted_, path.of_held.begin());
        path.of_held[by_hold] = 0.0;
    } else {
        for (std::size_t i = 0; i < of_wanted_.size(); ++i)
            path.of_held[i] += path.hold * (of_wanted_[i] - path.of_held[i]);
        path.of_held[by_hold] += wanted_ - path.held - path.hold * path.of_held[by_hold];
        path.held += path.hold * (wanted_ - path.held);
    }
    const double away = path.held - path.smoothed;
    const bool attacks = away > 0.0;
    const double step = attacks ? path.attack : path.release;
    for (std::size_t i = 0; i < path.of_held.size(); ++i)
        path.of_smoothed[i] += step * (path.of_held[i] - path.of_smoothed[i]);
    path.of_smoothed[by_attack] *= 1.0 - step;
    path.of_smoothed[by_release] *= 1.0 - step;
    path.of_smoothed[attacks ? by_attack : by_release] += away;
    path.smoothed += step * away;
}

double Reduction::next(double x) {
    const double away = x - low_;
    low_ += lowpass_ * away;
    low_by_lowpass_ += away - lowpass_ * low_by_lowpass_;
    const double heard = x - amount_ * low_;
    const std::array<double, 3> of_square{-2.0 * heard * amount_ * low_by_lowpass_,
                                          -2.0 * heard * low_, 0.0};
    for (std::size_t i = 0; i < of_power_.size(); ++i)
        of_power_[i] += detector_ * (of_square[i] - of_power_[i]);
    of_power_[2] += heard * heard - power_;
    power_ += detector_ * (heard * heard - power_);
    curve(power_);
    double reduction_db = 0.0;
    for (Path& path : paths_) {
        follow(path);
        reduction_db += path.depth * path.smoothed;
    }
    return reduction_db;
}

void Reduction::derivatives(std::span<double> by) const {
    std::fill_n(by.begin(), Parameters::shared, 0.0);
    double* own = by.data() + Parameters::shared;
    for (const Path& path : paths_) {
        for (std::size_t i = 0; i < Parameters::shared; ++i)
            by[i] += path.depth * path.of_smoothed[i];
        *own++ = path.depth * path.of_smoothed[by_hold];
        *own++ = path.depth * path.of_smoothed[by_attack];
        *own++ = path.depth * path.of_smoothed[by_release];
        *own++ = path.smoothed;
    }
}

} // namespace tonecast::training::dynamics
