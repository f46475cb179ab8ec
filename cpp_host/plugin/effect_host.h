#pragma once

#include "engine/live/engine_crossfader.h"
#include "plugin/control_bank.h"
#include "plugin/effect_library.h"
#include "plugin/parameter_bound_engine.h"
#include "plugin/parameters.h"
#include "plugin/switch_parameter.h"

#include <atomic>
#include <deque>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

namespace tonecast::plugin {

/// How the host plays.
struct HostSettings {
    int sample_rate_hz = 0;
    int channels = 2;
    int max_block_samples = 0;
    bool offline = false; // a bounce: the model runs inline, and nothing is ever late

    bool operator==(const HostSettings&) const = default;
};

/// Has the chosen effect play as the host asks: loads it, prepares an engine for it aside, and
/// fades over to that. Where an effect cannot be played the sound stays dry, and problem() says
/// why.
class EffectHost {
public:
    EffectHost(const Parameters& parameters, ControlBank& controls, EffectLibrary& library);

    // Any thread but the audio thread; offline that one, too.

    /// While process() is not running. Goes on with the stream where only the longest block
    /// changes.
    void prepare(const HostSettings& host);

    /// While process() is not running: the stream ends.
    void release();

    /// What play in this way will be late by, before it is prepared.
    int expected_latency_samples(const HostSettings& host);

    /// Has what was chosen played from now on, and frees what has faded out.
    void update();

    /// The file behind the choice `user_file`; read again even if it is the same.
    void use_file(const std::filesystem::path& path);

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
    int latency_samples() const noexcept { return latency_samples_; }
    void set_offline(bool offline) noexcept { offline_ = offline; }

    /// Another effect is chosen than plays, or it plays in another way than the host does.
    bool outdated() const noexcept;

    // Audio thread. Neither allocates nor locks.

    /// Leaves the sound as it is where it is not prepared for `count` channels.
    void process(float* const* channels, int count, int n, bool bypassed) noexcept;
    void reset() noexcept;

private:
    /// An engine, and what it was made for.
    struct Part {
        bool serves(int chosen, const HostSettings& wanted) const;

        std::shared_ptr<ParameterBoundEngine> engine;
        int choice = -1;
        HostSettings host;
    };

    int chosen() const noexcept { return controls_.choice(); }
    bool is_automatic() const noexcept { return SwitchParameter::is_on(automatic_); }
    void read_chosen();
    std::shared_ptr<ParameterBoundEngine> make_engine(const HostSettings& host);
    std::shared_ptr<const Model> load_model(const std::filesystem::path& path);
    void attach_predictor(ParameterBoundEngine& engine);
    void get_ready(const HostSettings& host);
    void play(const HostSettings& host);

    const Parameters& parameters_;
    ControlBank& controls_;
    EffectLibrary& library_;
    const std::atomic<float>& automatic_;

    mutable std::mutex lock_; // never taken in real time
    HostSettings host_;       // that the crossfader is prepared for
    bool released_ = true;
    std::filesystem::path file_;
    std::shared_ptr<const Effect> effect_;
    std::string problem_;
    std::string automatic_problem_;
    std::deque<std::shared_ptr<const Model>> recent_models_; // to go back to, here and elsewhere
    std::unique_ptr<EngineCrossfader> crossfader_;
    Part ready_;   // made, and not yet put on the crossfader
    Part playing_; // put last

    std::atomic<bool> offline_{false};
    std::atomic<int> played_choice_{-1};
    std::atomic<bool> played_offline_{false};
    std::atomic<bool> lacks_predictor_{false}; // and might have one
    std::atomic<int> latency_samples_{0};
};

} // namespace tonecast::plugin
