#include "bindings/loaded_model.h"
#include "bindings/register.h"
#include "engine/effect_file/effect_file.h"
#include "engine/inference/identity.h"
#include "engine/inference/onnx_model.h"
#include "engine/inference/ort_library.h"

#include <memory>
#include <string>
#include <utility>

namespace py = pybind11;

namespace tonecast {

namespace {

LoadedModel load_model(const std::string& path) {
    // Reading a file and building a session touch no Python object.
    const py::gil_scoped_release without_gil;
    EffectFile file = read_effect_file(path);
    std::string contract_json = file.contract_json;
    return {OnnxModel::load(std::move(file)), std::move(contract_json)};
}

LoadedModel identity_model(const std::string& contract_json) {
    return {std::make_shared<IdentityModel>(parse_contract(contract_json)), contract_json};
}

} // namespace

void register_effect_file(py::module_& module) {
    module.def(
        "load_onnxruntime",
        [](const std::string& path) {
            OrtLibrary::load(path);
            return OrtLibrary::get().version;
        },
        py::arg("path"));

    module.def(
        "check_contract", [](const std::string& json) { parse_contract(json); }, py::arg("json"));

    py::class_<EffectFile>(module, "EffectFile")
        .def(py::init([](const std::string& path) { return read_effect_file(path); }),
             py::arg("path"))
        .def_readonly("contract_json", &EffectFile::contract_json)
        .def_property_readonly("graph", [](const EffectFile& file) {
            return py::bytes(file.graph().data(), file.graph().size());
        });

    py::class_<LoadedModel>(module, "Model")
        .def(py::init(&load_model), py::arg("path"))
        .def_static("identity", &identity_model, py::arg("contract_json"))
        .def_readonly("contract_json", &LoadedModel::contract_json);
}

} // namespace tonecast
