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
    const Precision precision = settings.backend == Backend::kernel_exact  ? Precision::exact
                                : settings.backend == Backend::kernel_fast ? Precision::fast
                                                                           : Precision::automatic;
    return family->load(file, {precision, settings.instruction_set});
}

} // namespace

std::shared_ptr<const Model> load_model(EffectFile file, const LoadSettings& settings) {
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
