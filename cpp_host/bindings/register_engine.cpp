#include "bindings/engine_handle.h"
#include "bindings/loaded_model.h"
#include "bindings/register.h"
#include "bindings/samples.h"
#include "bindings/without_gil.h"
#include "engine/convolution/impulse_response.h"
#include "engine/engine.h"
#include "engine/error.h"
#include "engine/signal/rate_ratio.h"

#include <algorithm>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <pybind11/stl.h>
#include <string>
#include <utility>
#include <vector>

namespace py = pybind11;

namespace tonecast {

namespace {

using Knob = ControlValue& (Engine::*)() noexcept;

template <Knob knob>
float get_knob(EngineHandle& handle) {
    return ((*handle.engine).*knob)().get();
}

template <Knob knob>
void set_knob(EngineHandle& handle, float setting) {
    ((*handle.engine).*knob)().set(setting);
}

/// Time in seconds, predicted and applied, each [n].
py::tuple automation_trace(const EngineHandle& handle, const std::string& control) {
    const std::vector<AutomationPoint> points =
        handle.engine->automation_trace(handle.index(control));
    const auto count = static_cast<py::ssize_t>(points.size());
    py::array_t<double> time_s(count);
    Samples predicted(count);
    Samples applied(count);
    for (py::ssize_t i = 0; i < count; ++i) {
        const AutomationPoint& point = points[static_cast<std::size_t>(i)];
        time_s.mutable_at(i) = point.time_s;
        predicted.mutable_at(i) = point.predicted;
        applied.mutable_at(i) = point.applied;
    }
    return py::make_tuple(time_s, predicted, applied);
}

/// What a control was last moved to; nothing before that.
std::optional<float> applied(const EngineHandle& handle, const std::string& control) {
    const auto last = handle.engine->last_automation_point(handle.index(control));
    return last ? std::optional(last->applied) : std::nullopt;
}

/// Samples [channels, n].
std::shared_ptr<ImpulseResponse> impulse_response(const Samples& samples, int sample_rate_hz,
                                                  bool normalise) {
    if (samples.ndim() != 2 || samples.size() > std::numeric_limits<int>::max())
        throw py::value_error("samples must have the shape [channels, n] and be fewer than 2^31");
    AudioBuffer copy;
    copy.resize(static_cast<int>(samples.shape(0)), static_cast<int>(samples.shape(1)));
    std::copy_n(samples.data(), samples.size(), copy.channel(0));
    return std::make_shared<ImpulseResponse>(std::move(copy), sample_rate_hz, normalise);
}

Stereo stereo_named(const std::string& name) {
    static const std::map<std::string, Stereo> stereos{
        {"linked", Stereo::linked}, {"dual", Stereo::dual}, {"mid-side", Stereo::mid_side}};
    const auto found = stereos.find(name);
    if (found == stereos.end())
        throw py::value_error("stereo is linked, dual or mid-side, not " + name);
    return found->second;
}

/// Plays single frames, or windows of a predictor, as the engine does, without framing around it;
/// of a filter effect the curves [curves, bins] that its graph gives.
class FrameRunner {
public:
    FrameRunner(const LoadedModel& loaded, int channels)
        : model_(loaded.model), runner_(model_->make_runner()), channels_(channels) {
        runner_->prepare(channels);
    }

    Samples run(const Samples& frame, const std::map<std::string, float>& controls) {
        const Contract& contract = model_->contract();
        const bool is_effect = contract.kind == Kind::effect;
        const py::ssize_t frame_size =
            is_effect ? contract.frame_size_samples : contract.window_samples;
        check_samples(frame, contract.has_sidechain ? 2 * channels_ : channels_, "frame");
        if (frame.shape(1) != frame_size)
            throw py::value_error("frame must be " + std::to_string(frame_size) + " samples long");
        std::copy_n(frame.data(), frame.size(), runner_->frame().begin());
        for (const auto& [name, value] : controls)
            runner_->controls()[control_index(contract, name)] = value;
        bool worked = false;
        {
            // The runner works on buffers of its own.
            const WithoutGil without_gil;
            worked = runner_->run();
        }
        if (!worked)
            throw Error(contract.name + " failed to run a frame");
        const auto given = static_cast<py::ssize_t>(runner_->frame_out().size());
        const py::ssize_t bins = contract.transform_size_samples / 2 + 1;
        Samples out = !is_effect                      ? Samples(given)
                      : contract.form == Form::filter ? Samples({given / bins, bins})
                                                      : Samples({given / frame_size, frame_size});
        std::ranges::copy(runner_->frame_out(), out.mutable_data());
        return out;
    }

    void reset() { runner_->reset(); }

private:
    std::shared_ptr<const Model> model_;
    std::unique_ptr<Runner> runner_;
    int channels_;
};

} // namespace

void register_engine(py::module_& module) {
    py::class_<Counters>(module, "Counters")
        .def_readonly("frames", &Counters::frames)
        .def_readonly("completed_frames", &Counters::completed_frames)
        .def_readonly("bad_frames", &Counters::bad_frames)
        .def_readonly("late_frames", &Counters::late_frames)
        .def_readonly("nonfinite_input_samples", &Counters::nonfinite_input_samples)
        .def_readonly("excessive_input_samples", &Counters::excessive_input_samples)
        .def_readonly("held_frames", &Counters::held_frames)
        .def_readonly("limited_samples", &Counters::limited_samples)
        .def_readonly("last_frame_us", &Counters::last_frame_us)
        .def_readonly("longest_frame_us", &Counters::longest_frame_us)
        .def_readonly("predictions", &Counters::predictions)
        .def_readonly("completed_predictions", &Counters::completed_predictions)
        .def_readonly("bad_predictions", &Counters::bad_predictions)
        .def_readonly("late_predictions", &Counters::late_predictions)
        .def_readonly("last_prediction_us", &Counters::last_prediction_us)
        .def_readonly("longest_prediction_us", &Counters::longest_prediction_us);

    py::class_<FrameRunner>(module, "FrameRunner")
        .def(py::init<const LoadedModel&, int>(), py::arg("model"), py::arg("channels"))
        .def("run", &FrameRunner::run, py::arg("frame").noconvert(), py::arg("controls"))
        .def("reset", &FrameRunner::reset);

    py::class_<ImpulseResponse, std::shared_ptr<ImpulseResponse>>(module, "ImpulseResponse")
        .def(py::init(&impulse_response), py::arg("samples").noconvert(), py::arg("sample_rate_hz"),
             py::arg("normalise") = true);

    py::class_<EngineHandle>(module, "Engine")
        .def(py::init<const LoadedModel&>(), py::arg("model"))
        .def("prepare", &EngineHandle::prepare, py::arg("sample_rate_hz"), py::arg("channels"),
             py::arg("hop_size_samples") = 0, py::arg("worker") = false,
             py::arg("max_block_samples") = 1024, py::arg("linear_phase") = py::none(),
             py::arg("late_hops") = py::none())
        .def("process", &EngineHandle::process, py::arg("block").noconvert(),
             py::arg("out").noconvert(), py::arg("sidechain").noconvert() = py::none())
        .def("reset", &EngineHandle::reset)
        .def_property_readonly("latency_samples",
                               [](const EngineHandle& s) { return s.engine->latency_samples(); })
        .def(
            "set_control",
            [](EngineHandle& s, const std::string& name, float value) {
                s.control(name).set(value);
            },
            py::arg("name"), py::arg("value"))
        .def(
            "control",
            [](EngineHandle& s, const std::string& name) { return s.control(name).get(); },
            py::arg("name"))
        .def(
            "attach",
            [](EngineHandle& s, const std::string& name, const LoadedModel& predictor) {
                s.engine->attach(s.index(name), predictor.model);
            },
            py::arg("name"), py::arg("predictor"))
        .def(
            "set_automatic",
            [](EngineHandle& s, const std::string& name, bool on) {
                s.engine->set_automatic(s.index(name), on);
            },
            py::arg("name"), py::arg("on"))
        .def("automation_trace", &automation_trace, py::arg("name"))
        .def("applied", &applied, py::arg("name"))
        .def_property_readonly(
            "missing_realtime_priority",
            [](const EngineHandle& s) { return s.engine->missing_realtime_priority(); })
        .def_property_readonly("played_by",
                               [](const EngineHandle& s) { return s.engine->played_by(); })
        .def_property("mix", &get_knob<&Engine::mix>, &set_knob<&Engine::mix>)
        .def_property("input_gain_db", &get_knob<&Engine::input_gain_db>,
                      &set_knob<&Engine::input_gain_db>)
        .def_property("output_gain_db", &get_knob<&Engine::output_gain_db>,
                      &set_knob<&Engine::output_gain_db>)
        .def_property(
            "bypass", [](EngineHandle& s) { return s.engine->bypass().get() != 0.0F; },
            [](EngineHandle& s, bool on) { s.engine->bypass().set(on ? 1.0F : 0.0F); })
        .def_property(
            "limiter", [](EngineHandle& s) { return s.engine->limiter().get() != 0.0F; },
            [](EngineHandle& s, bool on) { s.engine->limiter().set(on ? 1.0F : 0.0F); })
        .def_property("ceiling_db", &get_knob<&Engine::ceiling_db>, &set_knob<&Engine::ceiling_db>)
        .def_property("gate_db", &get_knob<&Engine::gate_db>, &set_knob<&Engine::gate_db>)
        .def_property("bass_db", &get_knob<&Engine::bass_db>, &set_knob<&Engine::bass_db>)
        .def_property("middle_db", &get_knob<&Engine::middle_db>, &set_knob<&Engine::middle_db>)
        .def_property("treble_db", &get_knob<&Engine::treble_db>, &set_knob<&Engine::treble_db>)
        .def(
            "set_stereo",
            [](EngineHandle& s, const std::string& name) {
                s.engine->set_stereo(stereo_named(name));
            },
            py::arg("name"))
        // With the interpreter lock: a fork would leave the child a cabinet that is locked for
        // ever.
        .def(
            "load_cabinet",
            [](EngineHandle& s, std::shared_ptr<ImpulseResponse> response) {
                s.engine->load_cabinet(std::move(response));
            },
            py::arg("response").none(true))
        .def_property_readonly("counters",
                               [](const EngineHandle& s) { return s.engine->counters(); });

    module.def(
        "fitting_rate",
        [](const std::vector<int>& rates_hz, int host_rate_hz) {
            if (rates_hz.empty() || host_rate_hz < 1)
                throw py::value_error("give at least one rate and a positive host rate");
            return fitting_rate(rates_hz, host_rate_hz);
        },
        py::arg("rates_hz"), py::arg("host_rate_hz"));
}

} // namespace tonecast
