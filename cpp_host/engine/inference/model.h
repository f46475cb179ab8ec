#pragma once

#include "engine/effect_file/contract.h"
#include "engine/inference/runner.h"

#include <memory>
#include <string>

namespace tonecast {

/// An effect or a predictor ready to play: loaded once, never changed, shared by any number of
/// streams.
class Model {
public:
    virtual ~Model() = default;

    virtual const Contract& contract() const noexcept = 0;

    /// What plays it, as users call it: "onnxruntime", "kernel-fast", …
    virtual std::string backend() const { return "unnamed"; }

    /// Where it is played: "cpu" or "cuda". A stream may still be demoted: see
    /// Runner::fallback_reason().
    virtual std::string device() const { return "cpu"; }

    /// Why the CPU plays it although there seemed to be a GPU; empty unless that is so.
    virtual std::string fallback() const { return {}; }

    /// Whether its runners keep what an audio thread promises: neither allocate nor lock.
    virtual bool is_real_time_safe() const noexcept { return false; }

    /// A runner for one stream, not yet prepared. It keeps alive what it needs of the model.
    virtual std::unique_ptr<Runner> make_runner() const = 0;
};

} // namespace tonecast
