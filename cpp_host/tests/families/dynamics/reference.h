#pragma once

#include "engine/families/dynamics/weights.h"

#include <random>
#include <vector>

/// Dynamics with random weights, and what they compute, in double precision and plainly.
namespace random_dynamics {

tonecast::dynamics::Weights make(std::mt19937& random, int taps, int paths, bool reduces_above);

/// After silence.
std::vector<double> play(const tonecast::dynamics::Weights& weights, const std::vector<float>& in);

} // namespace random_dynamics
