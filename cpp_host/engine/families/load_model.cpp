#include "engine/families/load_model.h"

#include "engine/error.h"
#include "engine/families/registry.h"
#include "engine/onnxruntime/onnx_model.h"

#include <utility>

namespace tonecast {

namespace {

std::shared_ptr<const Model> load_kernel(const EffectFile& file, const LoadSettings& settings) {
    if (settings.device == Device::cuda)
        throw Error("kernels play on the CPU; for a GPU choose the backend onnxruntime or auto");
    const Family* const family = find_family(file.contract);
    if (family == nullptr)
        throw Error(file.name + ": " + kernel_obstacle(file.contract) +
                    "; play it with the backend \"onnxruntime\"");
    return family->load(file, kernel_settings(settings));
}

bool is_played_by_kernel(const Contract& contract, const LoadSettings& settings) {
    return contract.form == Form::causal && settings.backend != Backend::onnxruntime &&
           settings.device != Device::cuda && kernel_obstacle(contract).empty();
}

} // namespace

KernelSettings kernel_settings(const LoadSettings& settings) {
    const Precision precision = settings.backend == Backend::kernel_exact  ? Precision::exact
                                : settings.backend == Backend::kernel_fast ? Precision::fast
                                                                           : Precision::automatic;
    return {precision, settings.instruction_set, settings.oversampling};
}

std::shared_ptr<const Model> load_model(EffectFile file, const LoadSettings& settings) {
    if (settings.oversampling != 1 && !is_played_by_kernel(file.contract, settings))
        throw Error(file.name + ": it cannot be oversampled; only causal effects that a kernel "
                                "plays can");
    switch (settings.backend) {
    case Backend::kernel_fast:
    case Backend::kernel_exact:
        return load_kernel(file, settings);
    case Backend::automatic:
        if (settings.device != Device::cuda && kernel_obstacle(file.contract).empty())
            return load_kernel(file, settings);
        break;
    case Backend::onnxruntime:
        break;
    }
    return OnnxModel::load(std::move(file), settings.device);
}

} // namespace tonecast
