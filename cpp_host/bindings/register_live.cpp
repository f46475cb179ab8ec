#include "bindings/engine_handle.h"
#include "bindings/register.h"
#include "bindings/without_gil.h"
#include "engine/live/audio_callback.h"
#include "engine/live/budget.h"

#include <cstdint>
#include <memory>
#include <span>

namespace py = pybind11;

namespace tonecast {

namespace {

/// Interleaved output that has come since the last call, [frames, channels].
Samples read_recording(AudioCallback& callback, py::ssize_t max_frames, py::ssize_t channels) {
    Samples samples({max_frames, channels});
    const auto size = static_cast<std::size_t>(samples.size());
    const std::size_t read = callback.read_recording(std::span(samples.mutable_data(), size));
    samples.resize({static_cast<py::ssize_t>(read) / channels, channels});
    return samples;
}

} // namespace

void register_live(py::module_& module) {
    module.def(
        "check_budget",
        [](const LoadedModel& loaded, int sample_rate_hz, int channels, int hop_size_samples,
           bool worker, int max_block_samples) {
            // Measured without Python in the way; no Python object is touched.
            const WithoutGil without_gil;
            check_budget(*loaded.model, {sample_rate_hz, channels, hop_size_samples,
                                         worker ? Mode::worker : Mode::inline_, max_block_samples});
        },
        py::arg("model"), py::arg("sample_rate_hz"), py::arg("channels"),
        py::arg("hop_size_samples"), py::arg("worker"), py::arg("max_block_samples"));

    module.def(
        "check_prediction_budget",
        [](const LoadedModel& loaded, int sample_rate_hz, bool worker, int max_block_samples) {
            const WithoutGil without_gil;
            check_prediction_budget(*loaded.model,
                                    {sample_rate_hz, predictor_channels, 0,
                                     worker ? Mode::worker : Mode::inline_, max_block_samples});
        },
        py::arg("predictor"), py::arg("sample_rate_hz"), py::arg("worker"),
        py::arg("max_block_samples"));

    py::class_<CardReport>(module, "CardReport")
        .def_readonly("callbacks", &CardReport::callbacks)
        .def_readonly("block_samples", &CardReport::block_samples)
        .def_readonly("misses", &CardReport::misses)
        .def_readonly("input_xruns", &CardReport::input_xruns)
        .def_readonly("output_xruns", &CardReport::output_xruns)
        .def_readonly("unrecorded_samples", &CardReport::unrecorded_samples)
        .def_readonly("input_peak", &CardReport::input_peak)
        .def_readonly("output_peak", &CardReport::output_peak);

    py::class_<AudioCallback>(module, "AudioCallback")
        .def(py::init([](int sample_rate_hz, int input_channels, int output_channels,
                         float soft_start_s, float record_buffer_s, int sidechain_channels) {
                 auto callback = std::make_unique<AudioCallback>();
                 callback->prepare({sample_rate_hz, input_channels, output_channels, soft_start_s,
                                    record_buffer_s, sidechain_channels});
                 return callback;
             }),
             py::arg("sample_rate_hz"), py::arg("input_channels"), py::arg("output_channels"),
             py::arg("soft_start_s"), py::arg("record_buffer_s"), py::arg("sidechain_channels") = 0)
        .def(
            "put",
            [](AudioCallback& callback, const EngineHandle& handle) {
                callback.crossfader().put(handle.engine);
            },
            py::arg("engine"))
        .def("restart", &AudioCallback::restart)
        .def("collect", [](AudioCallback& callback) { callback.crossfader().collect(); })
        .def_property_readonly(
            "counters", [](AudioCallback& callback) { return callback.crossfader().counters(); })
        .def_property_readonly(
            "swaps", [](AudioCallback& callback) { return callback.crossfader().swaps(); })
        .def_property_readonly(
            "callbacks", [](const AudioCallback& callback) { return callback.durations().count(); })
        .def_property_readonly("block_samples", &AudioCallback::block_samples)
        .def_property_readonly("unrecorded_samples", &AudioCallback::unrecorded_samples)
        .def("report", &AudioCallback::report)
        .def(
            "percentile_us",
            [](const AudioCallback& callback, double fraction) {
                return callback.durations().percentile_us(fraction);
            },
            py::arg("fraction"))
        .def_property_readonly(
            "longest_us",
            [](const AudioCallback& callback) { return callback.durations().longest_us(); })
        .def("read_recording", &read_recording, py::arg("max_frames"), py::arg("channels"))
        .def_property_readonly("function_address",
                               [](const AudioCallback&) {
                                   return reinterpret_cast<std::uintptr_t>(
                                       &AudioCallback::portaudio_callback);
                               })
        .def_property_readonly("user_data_address", [](const AudioCallback& callback) {
            return reinterpret_cast<std::uintptr_t>(&callback);
        });
}

} // namespace tonecast
