#pragma once

#include "engine/families/wavenet/config/curve.h"

#include <string_view>

namespace tonecast::wavenet {

struct CurveName {
    Curve curve;
    std::string_view name;
};

/// As networks and NAM's files call them.
inline constexpr CurveName curve_names[] = {{Curve::tanh, "Tanh"},
                                            {Curve::hard_tanh, "Hardtanh"},
                                            {Curve::relu, "ReLU"},
                                            {Curve::leaky_relu, "LeakyReLU"},
                                            {Curve::prelu, "PReLU"},
                                            {Curve::sigmoid, "Sigmoid"},
                                            {Curve::silu, "SiLU"},
                                            {Curve::hard_swish, "Hardswish"},
                                            {Curve::leaky_hard_tanh, "LeakyHardtanh"},
                                            {Curve::softsign, "Softsign"}};

inline constexpr std::string_view gating_names[] = {"none", "gated", "blended"};

} // namespace tonecast::wavenet
