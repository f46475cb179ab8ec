#pragma once

#include "plugin/host/host_settings.h"
#include "plugin/host/parameter_bound_engine.h"

#include <memory>

namespace tonecast::plugin {

/// An engine that is ready to play, and what it was prepared for.
struct PreparedEngine {
    /// Whether it can play this effect in this way.
    bool serves(int wanted_effect_id, const HostSettings& wanted) const {
        return bound && active_effect_id == wanted_effect_id && same_stream(host, wanted) &&
               host.offline == wanted.offline &&
               (host.offline || host.max_block_samples >= wanted.max_block_samples);
    }

    int latency_samples() const noexcept { return bound->engine()->latency_samples(); }

    std::shared_ptr<ParameterBoundEngine> bound;
    int active_effect_id = -1; // the ControlBank's, when the effect was chosen
    HostSettings host;
};

} // namespace tonecast::plugin
