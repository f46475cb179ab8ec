#pragma once

#include "engine/effect_file/effect_file.h"
#include "engine/inference/model.h"

#include <memory>
#include <string>
#include <string_view>

namespace tonecast {

/// How closely a kernel follows the graph.
enum class Precision {
    automatic, // whichever the family recommends
    fast,      // the quickest way
    exact,     // sums up, and takes functions, as ONNX Runtime does
};

/// Which of a family's kernels plays.
struct KernelSettings {
    Precision precision = Precision::automatic;
    std::string instruction_set{}; // empty: the fastest that this machine has
    int oversampling = 1;          // causal families: plays at so many times the network's rate
};

/// Causal families refuse more: each holds as many states.
inline constexpr int most_oversampling = 16;

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
