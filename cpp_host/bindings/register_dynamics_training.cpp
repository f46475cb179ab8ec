#include "bindings/register.h"
#include "bindings/samples.h"
#include "bindings/without_gil.h"
#include "engine/error.h"
#include "training/dynamics/normal_equations.h"

#include <cstdint>
#include <span>
#include <string>

namespace py = pybind11;

namespace tonecast {

namespace {

using training::dynamics::Parameters;
using Doubles = py::array_t<double, py::array::c_style>;
using Flags = py::array_t<bool, py::array::c_style>;

Parameters read(const Doubles& values, bool reduces_above) {
    const auto count = static_cast<std::size_t>(values.size());
    if (count < Parameters::shared || (count - Parameters::shared) % Parameters::own != 0)
        throw Error("parameters must be 5, and 4 for each path, not " + std::to_string(count));
    return {{values.data(), count}, reduces_above};
}

std::span<const float> all_of(const Samples& samples) {
    return {samples.data(), static_cast<std::size_t>(samples.size())};
}

py::tuple normal_equations(const Doubles& values, bool reduces_above, const Samples& sound,
                           const Samples& filtered, const Samples& target, const Flags& counts) {
    const Parameters parameters = read(values, reduces_above);
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

Samples gain(const Doubles& values, bool reduces_above, const Samples& sound) {
    const Parameters parameters = read(values, reduces_above);
    Samples gains(sound.size());
    const std::span<float> found{gains.mutable_data(), static_cast<std::size_t>(gains.size())};
    {
        const WithoutGil while_computing;
        training::dynamics::gain(parameters, all_of(sound), found);
    }
    return gains;
}

} // namespace

void register_dynamics_training(py::module_& module) {
    module.def("dynamics_normal_equations", &normal_equations, py::arg("parameters"),
               py::arg("reduces_above"), py::arg("sound"), py::arg("filtered"), py::arg("target"),
               py::arg("counts"));
    module.def("dynamics_gain", &gain, py::arg("parameters"), py::arg("reduces_above"),
               py::arg("sound"));
}

} // namespace tonecast
