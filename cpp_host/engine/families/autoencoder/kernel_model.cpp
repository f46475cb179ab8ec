#include "engine/families/autoencoder/kernel_model.h"

#include "engine/error.h"
#include "engine/families/autoencoder/kernel_runner.h"
#include "engine/families/autoencoder/runnable.h"
#include "engine/families/autoencoder/weights.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace tonecast {

namespace {

const kernels::FrameKernel& find_kernel(const std::string& instruction_set) {
    const std::vector<const kernels::FrameKernel*> runnable = kernels::runnable();
    const auto found = std::ranges::find_if(runnable, [&](const kernels::FrameKernel* kernel) {
        return instruction_set.empty() || kernel->name == instruction_set;
    });
    if (found == runnable.end())
        throw Error("this machine runs no kernel" +
                    (instruction_set.empty() ? "" : " for \"" + instruction_set + "\"") +
                    "; play it with the backend \"onnxruntime\"");
    return **found;
}

} // namespace

std::shared_ptr<const KernelModel> KernelModel::load(const EffectFile& file, kernels::Route route,
                                                     const std::string& instruction_set) {
    try {
        const std::string obstacle = kernels::obstacle(file.contract);
        if (!obstacle.empty())
            throw Error(obstacle + "; play it with the backend \"onnxruntime\"");
        return std::shared_ptr<const KernelModel>(
            new KernelModel(file, route, find_kernel(instruction_set)));
    } catch (const Error& error) {
        throw Error(file.name + ": " + error.what());
    }
}

KernelModel::KernelModel(const EffectFile& file, kernels::Route route,
                         const kernels::FrameKernel& kernel)
    : contract_(file.contract), route_(route), kernel_(kernel),
      packed_(kernel.packed_bytes / sizeof(float)) {
    kernel_.pack(kernels::GraphWeights(file).view(), packed_.span().data());
}

PlayedBy KernelModel::played_by() const {
    return {.backend = route_ == kernels::Route::fft ? "kernel-fast" : "kernel-exact"};
}

std::unique_ptr<Runner> KernelModel::make_runner() const {
    return std::make_unique<KernelRunner>(shared_from_this());
}

} // namespace tonecast
