#pragma once

#include "engine/families/wavenet/plan/plan.h"

#include <cstddef>

namespace tonecast::wavenet {

/// One instruction set's code for the steps of a plan. Only plain types cross this line, and the
/// compiled side uses nothing of the C++ library: the linker keeps one copy of an inline function,
/// and that copy might need instructions that this machine does not have.
struct Kernel {
    const char* name;
    int lanes;
    int most_outs; // of a tile

    /// Steps first ≤ i < last of a plan, for the chunk that stands in the signals: its first
    /// `samples`, up to a whole vector. `memory` has the channels, `channel_floats` apart, `at`
    /// where each ring's newest chunk begins. Neither allocates nor locks.
    void (*run)(const PlanView& plan, int first, int last, float* memory,
                std::size_t channel_floats, int channels, const int* at, int samples);
};

} // namespace tonecast::wavenet
