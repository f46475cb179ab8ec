#include "engine/families/load_network.h"

#include "engine/error.h"
#include "engine/families/causal_model.h"
#include "engine/families/dynamics/load.h"
#include "engine/families/recurrent/load.h"
#include "engine/families/wavenet/load.h"
#include "engine/kernels/instruction_sets.h"

namespace tonecast {

std::shared_ptr<const Network> load_network(std::string_view architecture, const Json& network,
                                            WeightSource& weights, const KernelSettings& settings) {
    if (architecture == "dynamics")
        return dynamics::load(network, weights, settings);
    if (architecture == "recurrent")
        return recurrent::load(network, weights, settings);
    return wavenet::load(architecture, network, weights, settings);
}

namespace causal {

std::string obstacle(const Contract& contract) {
    if (kernels::instruction_sets().empty())
        return "no kernel was built for this machine";
    if (contract.form != Form::causal)
        return "the kernels of its architecture play causal effects, and its form is another";
    return "";
}

std::shared_ptr<const Model> load(const EffectFile& file, const KernelSettings& settings) {
    try {
        if (const std::string why = obstacle(file.contract); !why.empty())
            throw Error(why + "; play it with the backend \"onnxruntime\"");
        const Architecture& architecture = *file.contract.architecture;
        GraphWeights weights(file);
        auto network = load_network(architecture.name, architecture.network, weights, settings);
        return std::make_shared<CausalModel>(
            file.contract, std::vector<SizedNetwork>{{1.0F, std::move(network)}}, settings);
    } catch (const Error& error) {
        throw Error(file.name + ": " + error.what());
    }
}

} // namespace causal
} // namespace tonecast
