#pragma once

#include "engine/effect_file/contract.h"
#include "engine/inference/causal_runner.h"
#include "engine/inference/played_by.h"
#include "engine/inference/runner.h"

#include <memory>

namespace tonecast {

/// An effect or a predictor ready to play: loaded once, never changed, shared by any number of
/// streams.
class Model {
public:
    virtual ~Model() = default;

    virtual const Contract& contract() const noexcept = 0;

    /// What plays it, as far as the load decides: a stream may still leave a GPU, see
    /// Runner::played_by().
    virtual PlayedBy played_by() const { return {}; }

    /// Whether its runners keep what an audio thread promises: neither allocate nor lock.
    virtual bool is_real_time_safe() const noexcept { return false; }

    /// A runner for one stream, not yet prepared. It keeps alive what it needs of the model.
    virtual std::unique_ptr<Runner> make_runner() const = 0;

    /// The same for any number of samples at once; null where it plays frames or blocks alone.
    virtual std::unique_ptr<CausalRunner> make_causal_runner() const { return nullptr; }
};

} // namespace tonecast
