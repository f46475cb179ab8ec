#pragma once

#include "engine/live/engine_crossfader.h"
#include "plugin/host/host_settings.h"
#include "plugin/host/prepared_engine.h"
#include "plugin/host/solo_request.h"

#include <array>
#include <atomic>
#include <memory>

namespace tonecast::plugin {

/// Plays the engine that it was given last, and fades over to it from the one before. Before each
/// block it lets the engines that play follow the parameters.
class Playback {
public:
    // Under the lock of EffectHost.

    /// While process() is not running. Frees what has faded out, and where rate or channels change,
    /// all engines.
    void prepare(const HostSettings& host);

    /// While process() is not running: the stream ends, and the next start() begins another.
    void stop() noexcept { stopped_ = true; }
    void start() noexcept;

    bool is_prepared() const noexcept { return crossfader_ != nullptr; }
    const HostSettings& host() const noexcept { return host_; } // of the last prepare()

    /// Fades over to this engine; where only the longest block changes, and that without a change
    /// of latency, the one that plays stays.
    void play(PreparedEngine next);

    /// Frees the engines that have faded out.
    void collect();

    /// The engine that was put last, which fades in or plays.
    const PreparedEngine& current() const noexcept { return current_; }

    Counters counters() const;

    /// An attempt was made to attach a predictor to current(): it is not repeated.
    void predictor_was_tried() noexcept { may_need_predictor_ = false; }

    // Any thread.

    /// Whether current() was made for this effect, to be played offline or live.
    bool plays(int active_effect_id, bool offline) const noexcept {
        return active_effect_id_ == active_effect_id && offline_ == offline;
    }

    /// Whether current() has no predictor, and might get one.
    bool may_need_predictor() const noexcept { return may_need_predictor_; }

    int latency_samples() const noexcept { return latency_samples_; }

    // Audio thread. Neither allocates nor locks.

    /// In place. Leaves the sound as it is where it is not prepared for `count` channels. Null for
    /// `solo` is all of the sound.
    void process(float* const* channels, const float* const* sidechain, int count, int n,
                 bool bypassed, const SoloRequest* solo) noexcept;
    void reset() noexcept;

private:
    /// The binding of an engine that the crossfader holds. The audio thread finds it by the engine
    /// and reads `bound` only while it plays that engine: until then the slot does not change. Both
    /// are written before the engine is put, and taken back after it was collected.
    struct Slot {
        std::atomic<const Engine*> engine{nullptr};
        std::shared_ptr<ParameterBoundEngine> bound;
    };

    void keep(const std::shared_ptr<ParameterBoundEngine>& bound);
    void free_collected();
    ParameterBoundEngine* binding_of(const Engine& engine) noexcept;

    HostSettings host_;
    bool stopped_ = true;
    std::unique_ptr<EngineCrossfader> crossfader_;
    std::array<Slot, EngineCrossfader::max_engines> slots_;
    PreparedEngine current_;

    // Of current_, for any thread.
    std::atomic<int> active_effect_id_{-1};
    std::atomic<bool> offline_{false};
    std::atomic<bool> may_need_predictor_{false};
    std::atomic<int> latency_samples_{0};
};

} // namespace tonecast::plugin
