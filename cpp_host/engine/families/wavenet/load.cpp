#include "engine/families/wavenet/load.h"

#include "engine/error.h"
#include "engine/families/wavenet/kernel_network.h"
#include "engine/families/wavenet/plan/planners.h"
#include "engine/families/wavenet/runnable.h"

#include <algorithm>
#include <string>
#include <vector>

namespace tonecast::wavenet {

namespace {

const Kernel& find_kernel(const std::string& instruction_set) {
    const std::vector<const Kernel*> kernels = runnable();
    const auto found = std::ranges::find_if(kernels, [&](const Kernel* kernel) {
        return instruction_set.empty() || kernel->name == instruction_set;
    });
    if (found == kernels.end())
        throw Error("this machine runs no kernel" +
                    (instruction_set.empty() ? "" : " for \"" + instruction_set + "\"") +
                    "; play the effect with the backend \"onnxruntime\"");
    return **found;
}

template <typename Shape>
std::shared_ptr<const Network> load_shape(const Shape& network, WeightSource& weights,
                                          const KernelSettings& settings) {
    if (settings.oversampling < 1 || settings.oversampling > most_oversampling)
        throw Error("oversampling must be 1 to " + std::to_string(most_oversampling) + ", not " +
                    std::to_string(settings.oversampling));
    const Kernel& kernel = find_kernel(settings.instruction_set);
    return KernelNetwork::make(
        plan(network, weights, PlanBuilder(kernel.most_outs, settings.oversampling)), kernel);
}

} // namespace

std::shared_ptr<const Network> load(const WaveNet& network, WeightSource& weights,
                                    const KernelSettings& settings) {
    return load_shape(network, weights, settings);
}

std::shared_ptr<const Network> load(const ConvNet& network, WeightSource& weights,
                                    const KernelSettings& settings) {
    return load_shape(network, weights, settings);
}

std::shared_ptr<const Network> load(const Linear& network, WeightSource& weights,
                                    const KernelSettings& settings) {
    return load_shape(network, weights, settings);
}

std::shared_ptr<const Network> load(std::string_view architecture, const Json& network,
                                    WeightSource& weights, const KernelSettings& settings) {
    if (architecture == "wavenet")
        return load(read_wavenet(network), weights, settings);
    if (architecture == "convnet")
        return load(read_convnet(network), weights, settings);
    if (architecture == "linear")
        return load(read_linear(network), weights, settings);
    throw Error("no causal convolutional network is called \"" + std::string(architecture) +
                "\"; there are wavenet, convnet and linear");
}

} // namespace tonecast::wavenet
