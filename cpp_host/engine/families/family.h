#pragma once

#include "engine/effect_file/effect_file.h"
#include "engine/inference/model.h"

#include <memory>
#include <string>
#include <string_view>

namespace tonecast {

/// Which of a family's kernels plays.
struct KernelSettings {
    bool exact = false;            // sums up as ONNX Runtime does, instead of the quickest way
    std::string instruction_set{}; // empty: the fastest that this machine has
};

/// A model family that the engine has kernels for: code that plays it inside the audio callback.
/// ONNX Runtime plays all families, also those that are not known here.
struct Family {
    /// As contracts name it.
    std::string_view architecture;

    /// Why its kernels cannot play an effect of this architecture, as the end of a message; empty
    /// where they can.
    std::string (*obstacle)(const Contract& contract);

    /// Throws Error where there is an obstacle, or no such instruction set.
    std::shared_ptr<const Model> (*load)(const EffectFile& file, const KernelSettings& settings);
};

} // namespace tonecast
