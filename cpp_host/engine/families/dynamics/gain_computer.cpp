#include "engine/families/dynamics/gain_computer.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

namespace tonecast::dynamics {

namespace {

constexpr float power_floor = 1e-10F; // the level of silence: −100 dB
constexpr float db_per_log_power = 4.342944819F;
constexpr float log_gain_per_db = 0.1151292546F;
constexpr float narrowest_knee_db = 0.01F;

// Places in a state; then held and smoothed of each path.
constexpr std::size_t low = 0;
constexpr std::size_t power = 1;
constexpr std::size_t first_path = 2;

/// As the graph has it, which keeps 1 − coefficient as a float.
double rounded(float coefficient) {
    return 1.0F - (1.0F - std::clamp(coefficient, 0.0F, 1.0F));
}

/// The state of a sample's stream.
class Turn {
public:
    Turn(double* states, std::size_t size, int copies, int phase)
        : states_(states), size_(size), copies_(copies), copy_(phase) {}

    double* next() noexcept {
        double* const state = states_ + static_cast<std::size_t>(copy_) * size_;
        copy_ = copy_ + 1 < copies_ ? copy_ + 1 : 0;
        return state;
    }

private:
    double* states_;
    std::size_t size_;
    int copies_;
    int copy_;
};

} // namespace

GainComputer::GainComputer(const Weights& weights)
    : lowpass_(rounded(weights.sidechain_lowpass)), amount_(weights.sidechain_amount),
      detector_(rounded(weights.detector)), threshold_db_(weights.threshold_db),
      knee_db_(std::max(weights.knee_db, narrowest_knee_db)),
      sign_(weights.reduces_above ? 1.0F : -1.0F) {
    for (const Path& path : weights.paths)
        paths_.push_back(
            {rounded(path.hold), rounded(path.attack), rounded(path.release), path.depth});
}

float GainComputer::beyond(double of_power) const noexcept {
    const float level_db = db_per_log_power * std::log(static_cast<float>(of_power) + power_floor);
    const float over = sign_ * (level_db - threshold_db_) / knee_db_;
    return knee_db_ * (std::max(over, 0.0F) + std::log1p(std::exp(-std::abs(over))));
}

void GainComputer::reset(std::span<double> state) const noexcept {
    state[low] = state[power] = 0.0;
    std::fill(state.begin() + first_path, state.end(), double{beyond(0.0)});
}

void GainComputer::run(std::span<const float> in, std::span<float> gains, double* states,
                       int copies, int phase) const noexcept {
    std::array<float, chunk_samples> beyonds{};
    std::array<double, chunk_samples> powers{};
    Turn of_detector(states, state_size(), copies, phase);
    for (std::size_t t = 0; t < in.size(); ++t) {
        double* const state = of_detector.next();
        const double x = in[t];
        state[low] += lowpass_ * (x - state[low]);
        const double heard = x - amount_ * state[low];
        state[power] += detector_ * (heard * heard - state[power]);
        powers[t] = state[power];
    }
    for (std::size_t t = 0; t < in.size(); ++t)
        beyonds[t] = beyond(powers[t]);
    Turn of_paths(states, state_size(), copies, phase);
    for (std::size_t t = 0; t < in.size(); ++t) {
        double* at = of_paths.next() + first_path;
        const double x = beyonds[t];
        double reduction_db = 0.0;
        for (const Coefficients& path : paths_) {
            double& held = at[0];
            double& smoothed = at[1];
            held = std::max(x, held + path.hold * (x - held));
            const double step = held > smoothed ? path.attack : path.release;
            smoothed += step * (held - smoothed);
            reduction_db += path.depth * smoothed;
            at += 2;
        }
        gains[t] = static_cast<float>(reduction_db);
    }
    for (std::size_t t = 0; t < in.size(); ++t)
        gains[t] = std::exp(-log_gain_per_db * gains[t]);
}

} // namespace tonecast::dynamics
