#include "bindings/engine_handle.h"
#include "bindings/loaded_model.h"
#include "bindings/register.h"
#include "bindings/samples.h"
#include "bindings/without_gil.h"
#include "engine/engine.h"
#include "engine/live/paced_driver.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <pybind11/stl.h>
#include <string>
#include <utility>
#include <vector>

namespace py = pybind11;

namespace tonecast {

namespace {

/// Plays a sound through an engine, over and over, block after block.
class SoundLoop {
public:
    SoundLoop(const LoadedModel& loaded, const Samples& sound, const DriveSettings& drive,
              bool worker, int hop_size_samples)
        : engine_(std::make_shared<Engine>(loaded.model)), block_samples_(drive.block_samples) {
        if (sound.ndim() != 2 || sound.shape(0) < 1 || sound.shape(1) < 1)
            throw py::value_error("sound must have the shape [channels, n], n > 0");
        const auto channels = static_cast<int>(sound.shape(0));
        engine_->prepare({drive.sample_rate_hz, channels, hop_size_samples,
                          worker ? Mode::worker : Mode::inline_, block_samples_});
        take(sound, channels);
    }

    const std::shared_ptr<Engine>& engine() const noexcept { return engine_; }

    void play_block() noexcept {
        for (int c = 0; c < sound_.channels(); ++c)
            ins_[static_cast<std::size_t>(c)] = sound_.channel(c) + at_;
        engine_->process(ins_.data(), outs_.data(), block_samples_);
        at_ = (at_ + static_cast<std::size_t>(block_samples_)) % sound_samples_;
    }

private:
    /// After its end stands a block of its beginning, so that a block may span the loop point.
    void take(const Samples& sound, int channels) {
        sound_samples_ = static_cast<std::size_t>(sound.shape(1));
        const std::size_t samples = sound_samples_ + static_cast<std::size_t>(block_samples_);
        sound_.resize(channels, static_cast<int>(samples));
        out_.resize(channels, block_samples_);
        ins_.resize(static_cast<std::size_t>(channels));
        for (int c = 0; c < channels; ++c) {
            const float* from = sound.data() + static_cast<std::size_t>(c) * sound_samples_;
            for (std::size_t i = 0; i < samples; ++i)
                sound_.channel(c)[i] = from[i % sound_samples_];
            outs_.push_back(out_.channel(c));
        }
    }

    std::shared_ptr<Engine> engine_;
    int block_samples_;
    AudioBuffer sound_;
    std::size_t sound_samples_ = 0;
    std::size_t at_ = 0;
    AudioBuffer out_;
    std::vector<const float*> ins_;
    std::vector<float*> outs_;
};

/// What is paced in real time: an engine, a Python function, or nothing.
class Bench {
public:
    Bench(const LoadedModel& loaded, const Samples& sound, const DriveSettings& drive, bool worker,
          int hop_size_samples)
        : sound_loop_(std::make_unique<SoundLoop>(loaded, sound, drive, worker, hop_size_samples)),
          driver_([this] { sound_loop_->play_block(); }, drive) {}

    Bench(std::optional<py::function> function, const DriveSettings& drive)
        : function_(std::move(function)),
          driver_(function_ ? PacedDriver::Callback([this] { call(); }) : [] {}, drive) {}

    ~Bench() { stop(); }

    void stop() {
        const WithoutGil without_gil; // a function under way needs it to end
        driver_.stop();
    }

    PacedDriver& driver() noexcept { return driver_; }
    Counters counters() const {
        return sound_loop_ ? sound_loop_->engine()->counters() : Counters{};
    }
    int latency_samples() const {
        return sound_loop_ ? sound_loop_->engine()->latency_samples() : 0;
    }

    /// For its knobs; throws where no engine is driven.
    EngineHandle engine() const {
        if (!sound_loop_)
            throw py::value_error("a function has no controls");
        return EngineHandle(sound_loop_->engine());
    }

    /// What the function raised first; read it when finished.
    const std::optional<std::string>& failure() const noexcept { return failure_; }

private:
    void call() {
        const py::gil_scoped_acquire gil;
        try {
            (*function_)();
        } catch (const py::error_already_set& error) {
            if (!failure_)
                failure_ = error.what();
        }
    }

    std::unique_ptr<SoundLoop> sound_loop_; // or
    std::optional<py::function> function_;  // or nothing at all
    std::optional<std::string> failure_;
    PacedDriver driver_;
};

DriveSettings drive_settings(int sample_rate_hz, int block_samples, std::uint64_t blocks,
                             bool paced) {
    if (sample_rate_hz < 1 || block_samples < 1)
        throw py::value_error("the sample rate and the block must be positive");
    return {sample_rate_hz, block_samples, blocks, paced};
}

} // namespace

void register_bench(py::module_& module) {
    py::class_<DurationHistogram>(module, "Durations")
        .def("percentile_us", &DurationHistogram::percentile_us, py::arg("fraction"))
        .def("count_above", &DurationHistogram::count_above, py::arg("duration_us"))
        .def_property_readonly("longest_us", &DurationHistogram::longest_us)
        .def("__len__", &DurationHistogram::count);

    py::class_<DriveReport>(module, "DriveReport")
        .def_readonly("played_blocks", &DriveReport::played_blocks)
        .def_readonly("skipped_blocks", &DriveReport::skipped_blocks)
        .def_readonly("misses", &DriveReport::misses)
        .def_readonly("overruns", &DriveReport::overruns)
        .def_readonly("allocations", &DriveReport::allocations)
        .def_readonly("frees", &DriveReport::frees)
        .def_readonly("has_priority", &DriveReport::has_priority);

    py::class_<Bench>(module, "Bench")
        .def(py::init([](const LoadedModel& model, const Samples& sound, int sample_rate_hz,
                         int block_samples, std::uint64_t blocks, bool paced, bool worker,
                         int hop_size_samples) {
                 return std::make_unique<Bench>(
                     model, sound, drive_settings(sample_rate_hz, block_samples, blocks, paced),
                     worker, hop_size_samples);
             }),
             py::arg("model"), py::arg("sound").noconvert(), py::arg("sample_rate_hz"),
             py::arg("block_samples"), py::arg("blocks"), py::arg("paced"), py::arg("worker"),
             py::arg("hop_size_samples") = 0)

        .def(py::init([](std::optional<py::function> function, int sample_rate_hz,
                         int block_samples, std::uint64_t blocks, bool paced) {
                 return std::make_unique<Bench>(
                     std::move(function),
                     drive_settings(sample_rate_hz, block_samples, blocks, paced));
             }),
             py::arg("function"), py::arg("sample_rate_hz"), py::arg("block_samples"),
             py::arg("blocks"), py::arg("paced"))
        .def("start", [](Bench& bench) { bench.driver().start(); })
        .def("stop", &Bench::stop)
        .def_property_readonly("finished", [](Bench& bench) { return bench.driver().finished(); })
        .def_property_readonly("failure", &Bench::failure)
        .def_property_readonly("report", [](Bench& bench) { return bench.driver().report(); })
        .def_property_readonly(
            "callbacks", [](Bench& bench) { return &bench.driver().callbacks(); },
            py::return_value_policy::reference_internal)
        .def_property_readonly(
            "wake_ups", [](Bench& bench) { return &bench.driver().wake_ups(); },
            py::return_value_policy::reference_internal)
        .def_property_readonly("engine", &Bench::engine)
        .def_property_readonly("counters", &Bench::counters)
        .def_property_readonly("latency_samples", &Bench::latency_samples);
}

} // namespace tonecast
