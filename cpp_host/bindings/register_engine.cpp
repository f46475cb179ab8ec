#include "bindings/loaded_model.h"
#include "bindings/register.h"
#include "bindings/samples.h"
#include "engine/engine.h"
#include "engine/error.h"
#include "engine/signal/rate_ratio.h"

#include <algorithm>
#include <limits>
#include <map>
#include <memory>
#include <pybind11/stl.h>
#include <string>
#include <vector>

namespace py = pybind11;

namespace tonecast {

namespace {

std::size_t control_index(const Contract& contract, const std::string& name) {
    const auto found = std::ranges::find(contract.controls, name, &Control::name);
    if (found == contract.controls.end())
        throw Error(contract.name + " has no control named " + name);
    return static_cast<std::size_t>(found - contract.controls.begin());
}

/// The engine and what Python needs beside it: is it prepared, and for how many channels?
class Stream {
public:
    explicit Stream(const LoadedModel& loaded) : engine(loaded.model) {}

    void prepare(int sample_rate_hz, int channels, int hop_size_samples, bool worker,
                 int max_block_samples) {
        channels_ = 0;
        engine.prepare({sample_rate_hz, channels, hop_size_samples,
                        worker ? Mode::worker : Mode::inline_, max_block_samples});
        channels_ = channels;
    }

    void process(const Samples& in, Samples& out) {
        if (channels_ == 0)
            throw Error("the engine is not prepared; call prepare() first");
        check_samples(in, channels_, "block");
        check_samples(out, channels_, "out");
        const py::ssize_t n = in.shape(1);
        if (out.shape(1) != n)
            throw py::value_error("block and out must be equally long");
        if (n > std::numeric_limits<int>::max())
            throw py::value_error("a block must be shorter than 2^31 samples");
        const auto ins = channel_pointers(in.data(), channels_, n);
        const auto outs = channel_pointers(out.mutable_data(), channels_, n);
        // No Python object is touched until the samples are through; the caller holds both arrays.
        const py::gil_scoped_release without_gil;
        engine.process(ins.data(), outs.data(), static_cast<int>(n));
    }

    void reset() { engine.reset(); }

    ControlValue& control(const std::string& name) {
        return engine.control(control_index(engine.contract(), name));
    }

    Engine engine;

private:
    int channels_ = 0;
};

using Knob = ControlValue& (Engine::*)() noexcept;

template <Knob knob>
float get_knob(Stream& stream) {
    return (stream.engine.*knob)().get();
}

template <Knob knob>
void set_knob(Stream& stream, float setting) {
    (stream.engine.*knob)().set(setting);
}

/// Plays single frames as the engine does, without framing around it.
class FrameRunner {
public:
    FrameRunner(const LoadedModel& loaded, int channels)
        : model_(loaded.model), runner_(model_->make_runner()), channels_(channels) {
        runner_->prepare(channels);
    }

    Samples run(const Samples& frame, const std::map<std::string, float>& controls) {
        const auto frame_size = static_cast<py::ssize_t>(model_->contract().frame_size_samples);
        check_samples(frame, channels_, "frame");
        if (frame.shape(1) != frame_size)
            throw py::value_error("frame must be " + std::to_string(frame_size) + " samples long");
        std::copy_n(frame.data(), frame.size(), runner_->frame().begin());
        for (const auto& [name, value] : controls)
            runner_->controls()[control_index(model_->contract(), name)] = value;
        bool worked = false;
        {
            // The runner works on buffers of its own.
            const py::gil_scoped_release without_gil;
            worked = runner_->run();
        }
        if (!worked)
            throw Error(model_->contract().name + " failed to run a frame");
        Samples out({static_cast<py::ssize_t>(channels_), frame_size});
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
        .def_readonly("bad_frames", &Counters::bad_frames)
        .def_readonly("late_frames", &Counters::late_frames)
        .def_readonly("nonfinite_input_samples", &Counters::nonfinite_input_samples)
        .def_readonly("last_frame_us", &Counters::last_frame_us)
        .def_readonly("longest_frame_us", &Counters::longest_frame_us);

    py::class_<FrameRunner>(module, "FrameRunner")
        .def(py::init<const LoadedModel&, int>(), py::arg("model"), py::arg("channels"))
        .def("run", &FrameRunner::run, py::arg("frame").noconvert(), py::arg("controls"))
        .def("reset", &FrameRunner::reset);

    py::class_<Stream>(module, "Engine")
        .def(py::init<const LoadedModel&>(), py::arg("model"))
        .def("prepare", &Stream::prepare, py::arg("sample_rate_hz"), py::arg("channels"),
             py::arg("hop_size_samples") = 0, py::arg("worker") = false,
             py::arg("max_block_samples") = 1024)
        .def("process", &Stream::process, py::arg("block").noconvert(), py::arg("out").noconvert())
        .def("reset", &Stream::reset)
        .def_property_readonly("latency_samples",
                               [](const Stream& s) { return s.engine.latency_samples(); })
        .def(
            "set_control",
            [](Stream& s, const std::string& name, float value) { s.control(name).set(value); },
            py::arg("name"), py::arg("value"))
        .def(
            "control", [](Stream& s, const std::string& name) { return s.control(name).get(); },
            py::arg("name"))
        .def_property("mix", &get_knob<&Engine::mix>, &set_knob<&Engine::mix>)
        .def_property("input_gain_db", &get_knob<&Engine::input_gain_db>,
                      &set_knob<&Engine::input_gain_db>)
        .def_property("output_gain_db", &get_knob<&Engine::output_gain_db>,
                      &set_knob<&Engine::output_gain_db>)
        .def_property(
            "bypass", [](Stream& s) { return s.engine.bypass().get() != 0.0F; },
            [](Stream& s, bool on) { s.engine.bypass().set(on ? 1.0F : 0.0F); })
        .def_property_readonly("counters", [](const Stream& s) { return s.engine.counters(); });

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
