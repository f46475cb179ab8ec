#pragma once

#include "engine/families/recurrent/config.h"
#include "training/recurrent/kernel.h"

#include <cstddef>
#include <vector>

namespace tonecast::training::recurrent {

/// Where a chunk's signals stand, for a group of so many segments.
class Layout {
public:
    Layout(const tonecast::recurrent::Recurrent& network, int lanes);

    /// The state of a layer in the tape, as Rows of which one each stands before sample 0.
    struct State {
        Rows rows;
        int count; // of rows
    };

    const std::vector<LayerPlan>& layers() const { return layers_; }
    const std::vector<State>& states() const { return states_; }
    std::size_t state_floats() const { return state_floats_; }
    std::size_t tape_floats() const { return tape_floats_; }
    std::size_t gradient_floats() const { return gradient_floats_; }

private:
    std::vector<LayerPlan> layers_;
    std::vector<State> states_;
    std::size_t state_floats_ = 0;
    std::size_t tape_floats_ = 0;
    std::size_t gradient_floats_ = 0;
};

} // namespace tonecast::training::recurrent
