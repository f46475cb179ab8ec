#pragma once

#include "engine/families/recurrent/kernel_network.h"

#include <random>
#include <vector>

/// Recurrent networks with random weights, and what they compute, in double precision and plainly.
namespace random_recurrent {

using tonecast::recurrent::Frame;
using tonecast::recurrent::LayerWeights;
using tonecast::recurrent::Shape;
using tonecast::recurrent::Step;

struct Network {
    std::vector<LayerWeights> layers;
    Frame frame;
};

/// Layers of these steps and widths; a dense one of one output ends.
Network make(std::mt19937& random, int conditions, const std::vector<Step>& steps,
             const std::vector<int>& widths);

/// From the initial state on.
std::vector<double> play(const Network& network, const std::vector<float>& in,
                         const std::vector<float>& conditions);

} // namespace random_recurrent
