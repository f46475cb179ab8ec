#include "bindings/loaded_model.h"
#include "bindings/register.h"
#include "bindings/samples.h"
#include "engine/engine.h"
#include "engine/live/paced_driver.h"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <pybind11/stl.h>
#include <vector>

namespace py = pybind11;

namespace tonecast {

namespace {

/// An engine fed with a sound, over and over, by a driver that keeps the time.
class Bench {
public:
    Bench(const LoadedModel* loaded, const Samples& sound, const DriveSettings& drive, bool worker)
        : block_samples_(drive.block_samples), driver_([this] { play_block(); }, drive) {
        if (sound.ndim() != 2 || sound.shape(0) < 1 || sound.shape(1) < 1)
            throw py::value_error("sound must have the shape [channels, n], n > 0");
        if (drive.sample_rate_hz < 1 || drive.block_samples < 1)
            throw py::value_error("rate and block must be positive");
        const auto channels = static_cast<int>(sound.shape(0));
        if (loaded != nullptr) {
            engine_ = std::make_unique<Engine>(loaded->model);
            engine_->prepare({drive.sample_rate_hz, channels, 0,
                              worker ? Mode::worker : Mode::inline_, drive.block_samples});
        }
        take_sound(sound, channels);
    }

    PacedDriver& driver() noexcept { return driver_; }
    const Engine* engine() const noexcept { return engine_.get(); }

private:
    /// With a block of its beginning after its end, so that a block may span the seam.
    void take_sound(const Samples& sound, int channels) {
        sound_samples_ = static_cast<std::size_t>(sound.shape(1));
        const auto block = static_cast<std::size_t>(block_samples_);
        sound_.resize(channels, static_cast<int>(sound_samples_ + block));
        out_.resize(channels, block_samples_);
        ins_.resize(static_cast<std::size_t>(channels));
        for (int c = 0; c < channels; ++c) {
            const float* from = sound.data() + static_cast<std::size_t>(c) * sound_samples_;
            for (std::size_t i = 0; i < sound_samples_ + block; ++i)
                sound_.channel(c)[i] = from[i % sound_samples_];
            outs_.push_back(out_.channel(c));
        }
    }

    void play_block() noexcept {
        if (engine_ == nullptr)
            return;
        for (int c = 0; c < sound_.channels(); ++c)
            ins_[static_cast<std::size_t>(c)] = sound_.channel(c) + at_;
        engine_->process(ins_.data(), outs_.data(), block_samples_);
        at_ = (at_ + static_cast<std::size_t>(block_samples_)) % sound_samples_;
    }

    std::unique_ptr<Engine> engine_; // none: only wakes up
    int block_samples_;
    AudioBuffer sound_;
    std::size_t sound_samples_ = 0;
    std::size_t at_ = 0;
    AudioBuffer out_;
    std::vector<const float*> ins_;
    std::vector<float*> outs_;
    PacedDriver driver_; // last, so that it stops first
};

py::dict durations(const DurationHistogram& histogram) {
    py::dict made;
    made["p50_us"] = histogram.percentile_us(0.5);
    made["p99_us"] = histogram.percentile_us(0.99);
    made["p999_us"] = histogram.percentile_us(0.999);
    made["max_us"] = histogram.longest_us();
    return made;
}

} // namespace

void register_bench(py::module_& module) {
    py::class_<DriveReport>(module, "DriveReport")
        .def_readonly("played_blocks", &DriveReport::played_blocks)
        .def_readonly("skipped_blocks", &DriveReport::skipped_blocks)
        .def_readonly("misses", &DriveReport::misses)
        .def_readonly("overruns", &DriveReport::overruns)
        .def_readonly("allocations", &DriveReport::allocations)
        .def_readonly("frees", &DriveReport::frees)
        .def_readonly("has_priority", &DriveReport::has_priority);

    py::class_<Bench>(module, "Bench")
        .def(py::init([](const LoadedModel* model, const Samples& sound, int sample_rate_hz,
                         int block_samples, std::uint64_t blocks, bool paced, bool worker) {
                 return std::make_unique<Bench>(
                     model, sound, DriveSettings{sample_rate_hz, block_samples, blocks, paced},
                     worker);
             }),
             py::arg("model"), py::arg("sound").noconvert(), py::arg("sample_rate_hz"),
             py::arg("block_samples"), py::arg("blocks"), py::arg("paced"), py::arg("worker"))
        .def("start", [](Bench& bench) { bench.driver().start(); })
        .def(
            "stop", [](Bench& bench) { bench.driver().stop(); },
            py::call_guard<py::gil_scoped_release>())
        .def_property_readonly("finished", [](Bench& bench) { return bench.driver().finished(); })
        .def_property_readonly("report", [](Bench& bench) { return bench.driver().report(); })
        .def_property_readonly("callbacks",
                               [](Bench& bench) { return durations(bench.driver().callbacks()); })
        .def_property_readonly("wake_ups",
                               [](Bench& bench) { return durations(bench.driver().wake_ups()); })
        .def_property_readonly("counters",
                               [](const Bench& bench) {
                                   return bench.engine() == nullptr ? Counters{}
                                                                    : bench.engine()->counters();
                               })
        .def_property_readonly("latency_samples", [](const Bench& bench) {
            return bench.engine() == nullptr ? 0 : bench.engine()->latency_samples();
        });
}

} // namespace tonecast
