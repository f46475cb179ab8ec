#pragma once

namespace tonecast::wavenet {

enum class Curve {
    tanh,
    hard_tanh,
    relu,
    leaky_relu, // slopes: 1
    prelu,      // slopes: 1, or one for each channel
    sigmoid,
    silu,
    hard_swish,
    leaky_hard_tanh, // bounds
    softsign,
};

} // namespace tonecast::wavenet
