#pragma once

#include "engine/effect_file/json.h"

#include <string>

/// Compressors, limiters, expanders: a filter, and a gain that follows the level.
namespace tonecast::dynamics {

/// The shape, as a contract's `architecture.network` has it.
struct Dynamics {
    int taps = 1;              // of the filter
    int paths = 1;             // that smooth the reduction
    bool reduces_above = true; // levels above the threshold: a compressor; below it: an expander
};

/// Throws Error, which names the field, where it is none, or is too large to be played.
Dynamics read_dynamics(const Json& network);

/// What the above reads: the same network gives the same text.
std::string write(const Dynamics& network);

} // namespace tonecast::dynamics
