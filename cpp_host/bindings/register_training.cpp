#include "bindings/register.h"
#include "bindings/samples.h"
#include "bindings/without_gil.h"
#include "engine/effect_file/json.h"
#include "engine/error.h"
#include "engine/kernels/instruction_sets.h"
#include "training/batch.h"
#include "training/dynamics/normal_equations.h"
#include "training/recurrent/network.h"
#include "training/wavenet/network.h"

#include <cstdint>
#include <optional>
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

std::span<const float> check_conditions(const std::optional<Samples>& conditions,
                                        py::ssize_t segments, int count) {
    if (!conditions && count == 0)
        return {};
    if (!conditions || conditions->ndim() != 2 || conditions->shape(0) != segments ||
        conditions->shape(1) != count)
        throw Error("conditions must have the shape [" + std::to_string(segments) + ", " +
                    std::to_string(count) + "]: a row for each segment of sound");
    return all_of(*conditions);
}

template <typename Net>
using Way = void (Net::*)(std::span<const float>, const training::Batch&, std::span<float>);

template <typename Net>
Samples go(Net& net, Way<Net> way, const Samples& weights, const Samples& sound, int warm_samples,
           const std::optional<Samples>& conditions) {
    check_count(weights, net.parameters(), "weights");
    if (sound.ndim() != 2)
        throw Error("sound must have the shape [batch, samples]");
    const auto segments = sound.shape(0);
    const auto samples = sound.shape(1);
    if (segments < 1 || warm_samples < 0 || warm_samples >= samples || samples > (1 << 26))
        throw Error("sound must hold a segment or more, each of 1 to 67108864 samples, of which "
                    "fewer than all are for warming up");
    const training::Batch batch{
        all_of(sound), check_conditions(conditions, segments, net.conditions()),
        static_cast<int>(segments), static_cast<int>(samples), warm_samples};
    Samples out({segments, samples - warm_samples});
    const std::span<float> played = all_of(out);
    {
        const WithoutGil while_computing;
        (net.*way)(all_of(weights), batch, played);
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
        .def_property_readonly("conditions", &Net::conditions)
        .def_property_readonly("past_samples", &Net::past_samples)
        .def(
            "forward",
            [](Net& net, const Samples& weights, const Samples& sound, int warm_samples,
               const std::optional<Samples>& conditions) {
                return go(net, &Net::forward, weights, sound, warm_samples, conditions);
            },
            py::arg("weights"), py::arg("sound"), py::arg("warm_samples"),
            py::arg("conditions") = py::none())
        .def(
            "play",
            [](Net& net, const Samples& weights, const Samples& sound, int warm_samples,
               const std::optional<Samples>& conditions) {
                return go(net, &Net::play, weights, sound, warm_samples, conditions);
            },
            py::arg("weights"), py::arg("sound"), py::arg("warm_samples"),
            py::arg("conditions") = py::none())
        .def("backward", &go_back<Net>, py::arg("gradient"));
}

using training::dynamics::Parameters;
using Doubles = py::array_t<double, py::array::c_style>;
using Flags = py::array_t<bool, py::array::c_style>;

Parameters parameters_of(const Doubles& values, bool reduces_above) {
    const auto count = static_cast<std::size_t>(values.size());
    if (count < Parameters::shared || (count - Parameters::shared) % Parameters::own != 0)
        throw Error("parameters must be 5, and 4 for each path, not " + std::to_string(count));
    return {{values.data(), count}, reduces_above};
}

py::tuple dynamics_normal_equations(const Doubles& values, bool reduces_above, const Samples& sound,
                                    const Samples& filtered, const Samples& target,
                                    const Flags& counts) {
    const Parameters parameters = parameters_of(values, reduces_above);
    if (filtered.size() != sound.size() || target.size() != sound.size() ||
        counts.size() != sound.size())
        throw Error("sound, filtered, target and counts must be as long as each other");
    static_assert(sizeof(bool) == sizeof(std::uint8_t));
    const std::span<const std::uint8_t> flags{reinterpret_cast<const std::uint8_t*>(counts.data()),
                                              static_cast<std::size_t>(counts.size())};
    training::dynamics::NormalEquations found;
    {
        const WithoutGil while_computing;
        found = training::dynamics::normal_equations(parameters, all_of(sound), all_of(filtered),
                                                     all_of(target), flags);
    }
    const auto width = static_cast<py::ssize_t>(found.gradient.size());
    return py::make_tuple(Doubles({width, width}, found.matrix.data()),
                          Doubles(width, found.gradient.data()), found.error);
}

Samples dynamics_gain(const Doubles& values, bool reduces_above, const Samples& sound) {
    const Parameters parameters = parameters_of(values, reduces_above);
    Samples gains(sound.size());
    const std::span<float> found{gains.mutable_data(), static_cast<std::size_t>(gains.size())};
    {
        const WithoutGil while_computing;
        training::dynamics::gain(parameters, all_of(sound), found);
    }
    return gains;
}

} // namespace

void register_training(py::module_& module) {
    py::module_ training = module.def_submodule("training", "Networks that learn.");
    training.def("instruction_sets", &kernels::instruction_sets);
    add_network<training::recurrent::Network>(training, "Recurrent");
    add_network<training::wavenet::Network>(training, "WaveNet");
    training.def("dynamics_normal_equations", &dynamics_normal_equations, py::arg("parameters"),
                 py::arg("reduces_above"), py::arg("sound"), py::arg("filtered"), py::arg("target"),
                 py::arg("counts"));
    training.def("dynamics_gain", &dynamics_gain, py::arg("parameters"), py::arg("reduces_above"),
                 py::arg("sound"));
}

} // namespace tonecast
