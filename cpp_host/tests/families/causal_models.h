#pragma once

#include "engine/families/causal_model.h"
#include "engine/families/dynamics/kernel_network.h"
#include "engine/families/recurrent/runnable.h"
#include "engine/families/wavenet/load.h"
#include "tests/engine/models/causal_networks.h"
#include "tests/families/dynamics/reference.h"
#include "tests/families/recurrent/reference.h"
#include "tests/families/wavenet/random_wavenet.h"

#include <memory>
#include <random>
#include <vector>

/// Networks of the families, with random weights, as models of the engine.
namespace causal_models {

inline std::shared_ptr<const tonecast::Network> random_lstm(unsigned seed = 1) {
    std::mt19937 random(seed);
    const auto network = random_recurrent::make(random, 0, {random_recurrent::Step::lstm}, {16});
    return tonecast::recurrent::KernelNetwork::make(network.layers, network.frame,
                                                    *tonecast::recurrent::runnable().front(), 1);
}

inline std::shared_ptr<const tonecast::Network> random_wavenet_of(int channels) {
    random_wavenet::RandomWeights weights;
    return tonecast::wavenet::load(random_wavenet::a2(channels), weights, {});
}

inline std::shared_ptr<const tonecast::Network> random_compressor() {
    std::mt19937 random(1);
    return tonecast::dynamics::KernelNetwork::make(random_dynamics::make(random, 31, 2, true), 1);
}

/// A container: a small network and a large one, with all that a capture's contract may offer.
inline std::shared_ptr<const tonecast::CausalModel> capture() {
    tonecast::Contract contract = causal_networks::contract();
    contract.capture = tonecast::CaptureLevels{-24.0F, 6.0F, 10.0F};
    for (const char* name :
         {"size", "invert", "normalize", "calibrate_input", "calibrate_output", "interface_dbu"})
        contract.controls.push_back(causal_networks::control(name));
    return std::make_shared<tonecast::CausalModel>(
        std::move(contract),
        std::vector<tonecast::SizedNetwork>{{0.5F, random_wavenet_of(3)}, {1.0F, random_lstm()}});
}

inline std::shared_ptr<const tonecast::CausalModel>
alone(std::shared_ptr<const tonecast::Network> network) {
    return std::make_shared<tonecast::CausalModel>(
        causal_networks::contract(),
        std::vector<tonecast::SizedNetwork>{{1.0F, std::move(network)}});
}

} // namespace causal_models
