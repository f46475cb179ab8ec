#pragma once

#include "engine/effect_file/effect_file.h"
#include "engine/families/family.h"
#include "engine/inference/device.h"
#include "engine/inference/model.h"

#include <memory>
#include <string>

namespace tonecast {

/// What is to play the frames.
enum class Backend {
    automatic, // the quickest kernel where there is one for the effect, ONNX Runtime elsewhere
    onnxruntime,
    kernel_fast,
    kernel_exact,
};

/// How an effect file is to be played. The defaults are those of all hosts, so that all of them
/// give the same samples.
struct LoadSettings {
    Backend backend = Backend::automatic;
    Device device = Device::cpu;
    std::string instruction_set{}; // of kernels; empty: the fastest that this machine has
    int oversampling = 1; // causal effects that kernels play: 1, 2, 4 or 8 times their own rate
};

/// What they ask of a kernel.
KernelSettings kernel_settings(const LoadSettings& settings);

/// Control thread. Kernels play on the CPU: where it has to be a GPU, ONNX Runtime does. Throws
/// Error where the file cannot be played so.
std::shared_ptr<const Model> load_model(EffectFile file, const LoadSettings& settings = {});

} // namespace tonecast
