#pragma once

#include "engine/effect_file/json.h"

#include <string>
#include <vector>

/// The shapes of recurrent networks, as a contract's `architecture.network` has them.
namespace tonecast::recurrent {

enum class Kind {
    lstm,  // PyTorch's: gates i, f, g, o
    gru,   // PyTorch's: gates r, z, n; r acts on the product with its bias ("reset after")
    dense, // of each sample by itself
};

enum class Curve { none, tanh, relu, sigmoid, elu };

struct Layer {
    Kind kind = Kind::dense;
    int input_size = 1;
    int output_size = 1;       // cells of an lstm or gru
    Curve curve = Curve::none; // dense only
};

/// x' = input_gain · x, y = output_gain · (layers(x') + skip · x'). The first layer's inputs are x'
/// and then the conditions; the last one's output is the sound.
struct Recurrent {
    std::vector<Layer> layers;
    bool skip = false;
    float input_gain = 1.0F;
    float output_gain = 1.0F;
    int prewarm_samples = 0; // of silence, from the initial state on, until it rests

    int conditions() const { return layers.front().input_size - 1; }
};

/// Throws Error, which names the field, where it is none, or is too large to be played.
Recurrent read_recurrent(const Json& network);

/// What the above reads: the same network gives the same text.
std::string write(const Recurrent& network);

} // namespace tonecast::recurrent
