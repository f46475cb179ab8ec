#pragma once

#include <vector>

namespace tonecast::dynamics {

/// A way from the reduction that the level asks for to that which is heard. Coefficients are of
/// one-pole smoothers, per sample.
struct Path {
    float hold = 1.0F;    // release of the peak hold
    float attack = 1.0F;  // of the smoother after it
    float release = 1.0F; // likewise
    float depth = 0.0F;   // dB of reduction for each dB beyond the threshold
};

/// As the PyTorch module has them, see models/families/dynamics/dynamics.py.
struct Weights {
    std::vector<float> taps;        // the last one meets the newest sample
    float sidechain_lowpass = 0.0F; // coefficient
    float sidechain_amount = 0.0F;  // of the lowpass, taken away
    float detector = 1.0F;          // coefficient of the power's mean
    float threshold_db = 0.0F;
    float knee_db = 1.0F;
    std::vector<Path> paths;
    bool reduces_above = true;
};

} // namespace tonecast::dynamics
