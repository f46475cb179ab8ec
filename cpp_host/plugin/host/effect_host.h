#pragma once

#include "plugin/host/effect_selection.h"
#include "plugin/host/engine_preparation.h"
#include "plugin/host/host_settings.h"
#include "plugin/host/playback.h"
#include "plugin/host/solo_request.h"
#include "plugin/library/effect_library.h"
#include "plugin/parameters/control_bank.h"
#include "plugin/parameters/parameters.h"

#include <atomic>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

namespace tonecast::plugin {

/// Plays the effect that is chosen in the way that the host plays.
///
///   choice, file ─ selection ─ effect ─ preparation ─ engine ─┐      any thread, under a lock
///                                                             │
///                                     in ─ follow parameters ─ crossfader ─ out   audio thread
///                                          └───────────── playback ─────┘
///
/// Where an effect cannot be played the sound stays dry, and problem() says why.
class EffectHost {
public:
    EffectHost(const Parameters& parameters, ControlBank& controls, EffectLibrary& library);

    // Any thread but the audio thread; offline that one, too.

    /// While process() is not running. The stream continues where only the longest block changes.
    void prepare(const HostSettings& host);

    /// While process() is not running: the stream ends.
    void release();

    /// The latency of playing in this way, before it is prepared.
    int expected_latency_samples(const HostSettings& host);

    /// Plays what was chosen from now on, and frees what has faded out.
    void update();

    /// The file behind the choice `user_file`; read again even if it is the same.
    void use_file(const std::filesystem::path& path);

    /// The impulse response behind the effect; an empty path for none. Where it cannot be read,
    /// problem() says why, and what there was stays.
    void use_cabinet(const std::filesystem::path& path);
    std::filesystem::path cabinet() const;

    std::filesystem::path file() const;
    std::string problem() const;
    Counters counters() const;

    /// The effect that is chosen; null where there is none that could be read.
    std::shared_ptr<const Effect> effect() const;

    /// How the predictor moved the attenuation last; nothing where none is at work.
    std::optional<AutomationPoint> last_automation_point() const;

    /// Whether a predictor can move the attenuation of what plays.
    bool can_be_automatic() const;

    // Any thread.
    int latency_samples() const noexcept { return playback_.latency_samples(); }
    void set_offline(bool offline) noexcept { offline_ = offline; }

    /// What is heard alone while someone looks for it: kept nowhere, and never in a bounce.
    SoloRequest& solo() noexcept { return solo_; }

    /// Another effect is chosen than plays, or it plays in another way than the host does.
    bool outdated() const noexcept;

    // Audio thread. Neither allocates nor locks.

    /// In place. Leaves the sound as it is where it is not prepared for `count` channels.
    /// `sidechain` is as many of what effects may listen to, or null.
    void process(float* const* channels, const float* const* sidechain, int count, int n,
                 bool bypassed) noexcept {
        playback_.process(channels, sidechain, count, n, bypassed, offline_ ? nullptr : &solo_);
    }
    void reset() noexcept { playback_.reset(); }

private:
    bool needs_predictor() const noexcept {
        return selection_.is_automatic() && playback_.may_need_predictor();
    }
    void play_selected(const HostSettings& host);

    mutable std::mutex lock_; // never taken in real time
    EffectSelection selection_;
    EnginePreparation preparation_;
    Playback playback_;
    SoloRequest solo_;
    std::filesystem::path cabinet_;
    std::string cabinet_problem_;
    std::atomic<bool> offline_{false}; // as the host says; playback may lag behind
};

} // namespace tonecast::plugin
