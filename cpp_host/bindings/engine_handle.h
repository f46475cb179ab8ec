#pragma once

#include "bindings/loaded_model.h"
#include "bindings/samples.h"
#include "bindings/without_gil.h"
#include "engine/engine.h"
#include "engine/error.h"

#include <algorithm>
#include <array>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace tonecast {

inline std::size_t control_index(const Contract& contract, const std::string& name) {
    const auto found = std::ranges::find(contract.controls, name, &Control::name);
    if (found == contract.controls.end())
        throw Error(contract.name + " has no control named " + name);
    return static_cast<std::size_t>(found - contract.controls.begin());
}

/// The engine and what Python needs beside it: is it prepared, and for how many channels?
class EngineHandle {
public:
    explicit EngineHandle(const LoadedModel& loaded)
        : engine(std::make_shared<Engine>(loaded.model)) {}

    /// One that is prepared and played elsewhere.
    explicit EngineHandle(std::shared_ptr<Engine> played) : engine(std::move(played)) {}

    void prepare(int sample_rate_hz, int channels, int hop_size_samples, bool worker,
                 int max_block_samples, std::optional<bool> linear_phase,
                 std::optional<int> late_hops) {
        channels_ = 0;
        PlaySettings settings{sample_rate_hz, channels, hop_size_samples,
                              worker ? Mode::worker : Mode::inline_, max_block_samples};
        if (linear_phase)
            settings.resampling =
                *linear_phase ? Resampling::linear_phase : Resampling::low_latency;
        settings.late_hops = late_hops;
        engine->prepare(settings);
        channels_ = channels;
    }

    void process(const Samples& in, Samples& out, const std::optional<Samples>& sidechain) {
        if (channels_ == 0)
            throw Error("the engine is not prepared; call prepare() first");
        check_samples(in, channels_, "block");
        check_samples(out, channels_, "out");
        const pybind11::ssize_t n = in.shape(1);
        if (out.shape(1) != n)
            throw pybind11::value_error("block and out must be equally long");
        if (n > std::numeric_limits<int>::max())
            throw pybind11::value_error("a block must be shorter than 2^31 samples");
        const auto ins = channel_pointers(in.data(), channels_, n);
        const auto outs = channel_pointers(out.mutable_data(), channels_, n);
        std::array<const float*, Engine::max_channels> sides{};
        if (sidechain) {
            check_samples(*sidechain, channels_, "sidechain");
            if (sidechain->shape(1) != n)
                throw pybind11::value_error("block and sidechain must be equally long");
            sides = channel_pointers(sidechain->data(), channels_, n);
        }
        // No Python object is touched until the samples are through; the caller holds all arrays.
        const WithoutGil without_gil;
        engine->process(ins.data(), outs.data(), static_cast<int>(n),
                        sidechain ? sides.data() : nullptr);
    }

    void reset() { engine->reset(); }

    std::size_t index(const std::string& name) const {
        return control_index(engine->contract(), name);
    }

    ControlValue& control(const std::string& name) { return engine->control(index(name)); }

    std::shared_ptr<Engine> engine;

private:
    int channels_ = 0;
};

} // namespace tonecast
