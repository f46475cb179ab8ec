#include "bindings/loaded_model.h"
#include "bindings/register.h"
#include "bindings/samples.h"
#include "bindings/without_gil.h"
#include "engine/captures/capture.h"
#include "engine/effect_file/effect_file.h"
#include "engine/error.h"
#include "engine/families/load_model.h"
#include "engine/inference/device.h"
#include "engine/inference/identity.h"
#include "engine/inference/played_by.h"
#include "engine/onnxruntime/ort_library.h"
#include "engine/trial/trial.h"

#include <algorithm>
#include <filesystem>
#include <memory>
#include <pybind11/stl/filesystem.h>
#include <string>
#include <utility>

namespace py = pybind11;

namespace tonecast {

namespace {

Device parse_device(const std::string& device) {
    if (device == "cpu")
        return Device::cpu;
    if (device == "cuda")
        return Device::cuda;
    if (device == "auto")
        return Device::automatic;
    throw Error("there is no device \"" + device + "\"; choose cpu, cuda or auto");
}

Backend parse_backend(const std::string& backend) {
    if (backend == "auto")
        return Backend::automatic;
    if (backend == "onnxruntime")
        return Backend::onnxruntime;
    if (backend == "kernel" || backend == "kernel-fast")
        return Backend::kernel_fast;
    if (backend == "kernel-exact")
        return Backend::kernel_exact;
    throw Error("there is no backend \"" + backend +
                "\"; choose auto, onnxruntime, kernel, kernel-fast or kernel-exact");
}

LoadedModel open_file(const std::filesystem::path& path, const std::string& backend,
                      const std::string& instruction_set, const std::string& device,
                      int oversampling) {
    // Reading a file and building a session touch no Python object.
    const WithoutGil without_gil;
    if (oversampling != 1 && oversampling != 2 && oversampling != 4 && oversampling != 8)
        throw Error("oversampling by " + std::to_string(oversampling) +
                    " is not possible; choose 1, 2, 4 or 8");
    const LoadSettings settings{parse_backend(backend), parse_device(device), instruction_set,
                                oversampling};
    if (is_capture(path)) {
        const Capture capture = read_capture(path);
        return {load_capture(capture, settings), capture.contract_json};
    }
    EffectFile file = read_effect_file(path);
    std::string contract_json = file.contract_json;
    return {load_model(std::move(file), settings), std::move(contract_json)};
}

/// A capture in one of its sizes, for PyTorch: see tonecast.models.families.
struct CaptureOfSize {
    Capture capture;
    float size;

    const captures::NetworkFile& network() const {
        const auto& sizes = capture.sizes;
        const auto found = std::find_if(sizes.begin(), sizes.end() - 1,
                                        [&](const auto& one) { return size < one.below; });
        return found->network;
    }
};

LoadedModel identity_model(const std::string& contract_json) {
    return {std::make_shared<IdentityModel>(parse_contract(contract_json)), contract_json};
}

} // namespace

void register_effect_file(py::module_& module) {
    module.def(
        "load_onnxruntime",
        [](const std::filesystem::path& path) {
            OrtLibrary::load(path);
            return OrtLibrary::get().version;
        },
        py::arg("path"));

    module.def(
        "check_contract", [](const std::string& json) { parse_contract(json); }, py::arg("json"));

    module.def(
        "try_in_child",
        [](const std::string& trial, const std::string& onnxruntime, const std::string& file,
           int sample_rate_hz) {
            const py::gil_scoped_release without_gil; // it waits for another process
            try_in_child({trial, onnxruntime}, file, sample_rate_hz);
        },
        py::arg("trial"), py::arg("onnxruntime"), py::arg("file"), py::arg("sample_rate_hz"));

    py::class_<EffectFile>(module, "EffectFile")
        .def(py::init([](const std::filesystem::path& path) { return read_effect_file(path); }),
             py::arg("path"))
        .def_readonly("contract_json", &EffectFile::contract_json)
        .def_property_readonly("graph", [](const EffectFile& file) {
            return py::bytes(file.graph().data(), file.graph().size());
        });

    module.def("is_capture", &is_capture, py::arg("path"));

    module.def(
        "read_contract",
        [](const std::filesystem::path& path) {
            return is_capture(path) ? read_capture(path).contract_json
                                    : read_effect_file(path).contract_json;
        },
        py::arg("path"));

    py::class_<CaptureOfSize>(module, "Capture")
        .def(py::init([](const std::filesystem::path& path, float size) {
                 return CaptureOfSize{read_capture(path), size};
             }),
             py::arg("path"), py::arg("size") = 1.0F)
        .def_property_readonly("contract_json",
                               [](const CaptureOfSize& s) { return s.capture.contract_json; })
        .def_property_readonly("architecture",
                               [](const CaptureOfSize& s) { return s.network().architecture; })
        .def_property_readonly("network_json",
                               [](const CaptureOfSize& s) { return s.network().network; })
        .def_property_readonly("weights", [](const CaptureOfSize& s) {
            const std::vector<float>& weights = s.network().weights;
            return Samples(static_cast<py::ssize_t>(weights.size()), weights.data());
        });

    py::class_<PlayedBy>(module, "PlayedBy")
        .def_readonly("backend", &PlayedBy::backend)
        .def_readonly("device", &PlayedBy::device)
        .def_readonly("fallback_reason", &PlayedBy::fallback_reason);

    py::class_<LoadedModel>(module, "Model")
        .def(py::init(&open_file), py::arg("path"), py::arg("backend") = "auto",
             py::arg("instruction_set") = "", py::arg("device") = "cpu",
             py::arg("oversampling") = 1)
        .def_static("identity", &identity_model, py::arg("contract_json"))
        .def_readonly("contract_json", &LoadedModel::contract_json)
        .def_property_readonly("played_by",
                               [](const LoadedModel& loaded) { return loaded.model->played_by(); })
        .def_property_readonly("real_time_safe", [](const LoadedModel& loaded) {
            return loaded.model->is_real_time_safe();
        });
}

} // namespace tonecast
