#include "engine/families/dynamics/load.h"

#include "engine/error.h"
#include "engine/families/dynamics/config.h"
#include "engine/families/dynamics/kernel_network.h"
#include "engine/kernels/instruction_sets.h"

#include <algorithm>
#include <string>

namespace tonecast::dynamics {

std::shared_ptr<const Network> load(const Json& network, WeightSource& weights,
                                    const KernelSettings& settings) {
    if (settings.oversampling < 1 || settings.oversampling > most_oversampling)
        throw Error("oversampling must be 1 to " + std::to_string(most_oversampling) + ", not " +
                    std::to_string(settings.oversampling));
    const std::vector<std::string_view> sets = kernels::instruction_sets();
    if (const std::string& set = settings.instruction_set;
        !set.empty() && std::ranges::find(sets, set) == sets.end())
        throw Error("this machine runs no kernel for \"" + set +
                    "\"; play the effect with the backend \"onnxruntime\"");
    const Dynamics shape = read_dynamics(network);
    Weights read;
    read.reduces_above = shape.reduces_above;
    read.taps = weights.take("filter.weight", {1, 1, static_cast<std::size_t>(shape.taps)});
    const std::vector<float> sidechain = weights.take("sidechain", {2});
    read.sidechain_lowpass = sidechain[0];
    read.sidechain_amount = sidechain[1];
    read.detector = weights.take("detector", {1})[0];
    const std::vector<float> curve = weights.take("curve", {2});
    read.threshold_db = curve[0];
    read.knee_db = curve[1];
    const std::vector<float> paths =
        weights.take("paths", {static_cast<std::size_t>(shape.paths), 4});
    for (std::size_t i = 0; i < paths.size(); i += 4)
        read.paths.push_back({paths[i], paths[i + 1], paths[i + 2], paths[i + 3]});
    return KernelNetwork::make(read, settings.oversampling);
}

} // namespace tonecast::dynamics
