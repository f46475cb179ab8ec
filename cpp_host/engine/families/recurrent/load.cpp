#include "engine/families/recurrent/load.h"

#include "engine/error.h"
#include "engine/families/recurrent/config.h"
#include "engine/families/recurrent/kernel_network.h"
#include "engine/families/recurrent/runnable.h"

#include <algorithm>
#include <string>

namespace tonecast::recurrent {

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

Step step_of(Kind kind) {
    return kind == Kind::lstm ? Step::lstm : kind == Kind::gru ? Step::gru : Step::dense;
}

Shape shape_of(Curve curve) {
    switch (curve) {
    case Curve::tanh:
        return Shape::tanh;
    case Curve::relu:
        return Shape::relu;
    case Curve::sigmoid:
        return Shape::sigmoid;
    case Curve::elu:
        return Shape::elu;
    case Curve::none:
        break;
    }
    return Shape::none;
}

LayerWeights read_layer(const Layer& layer, const std::string& name, WeightSource& weights) {
    const auto ins = static_cast<std::size_t>(layer.input_size);
    const auto outs = static_cast<std::size_t>(layer.output_size);
    LayerWeights read{step_of(layer.kind),
                      shape_of(layer.curve),
                      layer.input_size,
                      layer.output_size,
                      {},
                      {},
                      {},
                      {},
                      {},
                      {}};
    if (layer.kind == Kind::dense) {
        read.of_input = weights.take(name + "weight", {outs, ins});
        read.bias_input = weights.take(name + "bias", {outs});
        return read;
    }
    const std::size_t gates = (layer.kind == Kind::lstm ? 4 : 3) * outs;
    read.of_input = weights.take(name + "weight_ih", {gates, ins});
    read.of_hidden = weights.take(name + "weight_hh", {gates, outs});
    read.bias_input = weights.take(name + "bias_ih", {gates});
    read.bias_hidden = weights.take(name + "bias_hh", {gates});
    read.hidden = weights.take(name + "initial_hidden", {outs});
    if (layer.kind == Kind::lstm)
        read.cell = weights.take(name + "initial_cell", {outs});
    return read;
}

} // namespace

std::shared_ptr<const Network> load(const Json& network, WeightSource& weights,
                                    const KernelSettings& settings) {
    if (settings.oversampling < 1 || settings.oversampling > most_oversampling)
        throw Error("oversampling must be 1 to " + std::to_string(most_oversampling) + ", not " +
                    std::to_string(settings.oversampling));
    const Recurrent shape = read_recurrent(network);
    std::vector<LayerWeights> layers;
    for (const Layer& layer : shape.layers)
        layers.push_back(
            read_layer(layer, "layers." + std::to_string(layers.size()) + ".", weights));
    const Frame frame{shape.conditions(), shape.skip, shape.input_gain, shape.output_gain,
                      shape.prewarm_samples};
    return KernelNetwork::make(layers, frame, find_kernel(settings.instruction_set),
                               settings.oversampling);
}

} // namespace tonecast::recurrent
