#pragma once

#include "training/dynamics/reduction.h"

#include <cstdint>
#include <span>
#include <vector>

namespace tonecast::training::dynamics {

/// What a step of Gauss and Newton needs, of the squared error Σ (filtered · gain − target)² over
/// the samples that count: by each parameter, and by a gain in dB of all that is filtered, which
/// thresholds and depths cannot move without.
struct NormalEquations {
    std::vector<double> matrix;   // [parameters + 1, likewise]: sums of products of derivatives
    std::vector<double> gradient; // [parameters + 1]: of half the error
    double error = 0.0;
};

/// One stream of `sound` after silence, which sets the gain that `filtered` is played with. All
/// are as long.
NormalEquations normal_equations(const Parameters& parameters, std::span<const float> sound,
                                 std::span<const float> filtered, std::span<const float> target,
                                 std::span<const std::uint8_t> counts);

/// That gain.
void gain(const Parameters& parameters, std::span<const float> sound, std::span<float> gains);

} // namespace tonecast::training::dynamics
