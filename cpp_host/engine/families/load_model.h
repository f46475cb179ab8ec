#pragma once

#include "engine/effect_file/effect_file.h"
#include "engine/families/autoencoder/kernel_model.h"
#include "engine/inference/device.h"
#include "engine/onnxruntime/onnx_model.h"

#include <memory>
#include <string>
#include <utility>

namespace tonecast {

/// An effect file as it is played everywhere unless somebody asks for another backend: by the fast
/// kernel where there is one for it, by ONNX Runtime elsewhere. So all hosts give the same samples.
/// Kernels play on the CPU: if it has to be a GPU, ONNX Runtime does. Throws Error.
inline std::shared_ptr<const Model>
load_model(EffectFile file, const std::string& instruction_set = "", Device device = Device::cpu) {
    if (device != Device::cuda && KernelModel::can_play(file.contract))
        return KernelModel::load(file, kernels::Route::fft, instruction_set);
    return OnnxModel::load(std::move(file), device);
}

} // namespace tonecast
