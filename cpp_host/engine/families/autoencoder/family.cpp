#include "engine/families/autoencoder/family.h"

#include "engine/families/autoencoder/kernel_model.h"
#include "engine/families/autoencoder/runnable.h"
#include "engine/families/autoencoder/weights.h"

namespace tonecast::autoencoder {

std::string obstacle(const Contract& contract) {
    if (kernels::runnable().empty())
        return "no kernel was built for this machine";
    return kernels::obstacle(contract);
}

std::shared_ptr<const Model> load(const EffectFile& file, const KernelSettings& settings) {
    const kernels::Route route =
        settings.precision == Precision::exact ? kernels::Route::direct : kernels::Route::fft;
    return KernelModel::load(file, route, settings.instruction_set);
}

} // namespace tonecast::autoencoder
