#include "bindings/register.h"
#include "bindings/samples.h"
#include "bindings/without_gil.h"
#include "engine/effect_file/json.h"
#include "engine/error.h"
#include "training/wavenet/network.h"

#include <pybind11/stl.h>
#include <span>
#include <string>

namespace py = pybind11;

namespace tonecast {

namespace {

std::span<const float> all_of(const Samples& samples) {
    return {samples.data(), static_cast<std::size_t>(samples.size())};
}

std::span<float> all_of(Samples& samples) {
    return {samples.mutable_data(), static_cast<std::size_t>(samples.size())};
}

void check_count(const Samples& values, py::ssize_t count, const char* name) {
    if (values.size() != count)
        throw Error(std::string(name) + " must hold " + std::to_string(count) + " values, not " +
                    std::to_string(values.size()));
}

template <typename Net>
using Way = void (Net::*)(std::span<const float>, std::span<const float>, int, int, int,
                          std::span<float>);

template <typename Net>
Samples go(Net& net, Way<Net> way, const Samples& weights, const Samples& sound, int warm_samples) {
    check_count(weights, net.parameters(), "weights");
    if (sound.ndim() != 2)
        throw Error("sound must have the shape [batch, samples]");
    const auto batch = sound.shape(0);
    const auto samples = sound.shape(1);
    if (batch < 1 || warm_samples < 0 || warm_samples >= samples || samples > (1 << 26))
        throw Error("sound must hold a segment or more, each of 1 to 67108864 samples, of which "
                    "fewer than all are for warming up");
    Samples out({batch, samples - warm_samples});
    const std::span<float> played = all_of(out);
    {
        const WithoutGil while_computing;
        (net.*way)(all_of(weights), all_of(sound), static_cast<int>(batch),
                   static_cast<int>(samples), warm_samples, played);
    }
    return out;
}

template <typename Net>
Samples go_back(Net& net, const Samples& gradient) {
    if (net.output_samples() > 0) // otherwise backward() knows better what is wrong
        check_count(gradient, static_cast<py::ssize_t>(net.output_samples()), "gradient");
    Samples of_weights(py::ssize_t{net.parameters()});
    const std::span<float> found = all_of(of_weights);
    {
        const WithoutGil while_computing;
        net.backward(all_of(gradient), found);
    }
    return of_weights;
}

/// The same for every family: see Network in training/wavenet/network.h.
template <typename Net>
void add_network(py::module_& module, const char* name) {
    py::class_<Net>(module, name)
        .def(py::init([](const std::string& network, int threads, const std::string& set) {
                 return std::make_unique<Net>(Json::parse(network), threads, set);
             }),
             py::arg("network_json"), py::arg("threads") = 1, py::arg("instruction_set") = "")
        .def_property_readonly("parameters", &Net::parameters)
        .def_property_readonly("past_samples", &Net::past_samples)
        .def(
            "forward",
            [](Net& net, const Samples& weights, const Samples& sound, int warm_samples) {
                return go(net, &Net::forward, weights, sound, warm_samples);
            },
            py::arg("weights"), py::arg("sound"), py::arg("warm_samples"))
        .def(
            "play",
            [](Net& net, const Samples& weights, const Samples& sound, int warm_samples) {
                return go(net, &Net::play, weights, sound, warm_samples);
            },
            py::arg("weights"), py::arg("sound"), py::arg("warm_samples"))
        .def("backward", &go_back<Net>, py::arg("gradient"));
}

} // namespace

void register_training(py::module_& module) {
    py::module_ training = module.def_submodule("training", "Networks that learn.");
    training.def("instruction_sets", &training::wavenet::instruction_sets);
    add_network<training::wavenet::Network>(training, "WaveNet");
    register_dynamics_training(training);
}

} // namespace tonecast
