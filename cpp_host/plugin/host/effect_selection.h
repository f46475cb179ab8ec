#pragma once

#include "plugin/library/effect_library.h"
#include "plugin/parameters/control_bank.h"
#include "plugin/parameters/parameters.h"
#include "plugin/parameters/switch_parameter.h"

#include <atomic>
#include <filesystem>
#include <memory>

namespace tonecast::plugin {

/// Which effect is to be played: one of the library's, or a file of the user's. Reads it; whether
/// it can be played is found out by EnginePreparation.
class EffectSelection {
public:
    EffectSelection(const Parameters& parameters, ControlBank& controls, EffectLibrary& library);

    // Any thread.

    /// What is chosen: another id for each effect, and for each file of the user's.
    int active_effect_id() const noexcept { return controls_.active_effect_id(); }

    /// Whether a predictor is to set the attenuation.
    bool is_automatic() const noexcept { return SwitchParameter::is_on(automatic_); }

    // Under the lock of EffectHost.

    /// The file behind the choice `user_file`. Selected again, with another id, even if it is the
    /// same file, because its content may have changed.
    void use_file(const std::filesystem::path& path);

    const std::filesystem::path& file() const { return file_; }

    /// Reads the effect of this id. Throws Error.
    const Effect& read(int active_effect_id);

    /// The effect that was read last; null where that failed.
    const std::shared_ptr<const Effect>& effect() const { return effect_; }

private:
    ControlBank& controls_;
    EffectLibrary& library_;
    const std::atomic<float>& automatic_;
    std::filesystem::path file_;
    std::shared_ptr<const Effect> effect_;
};

} // namespace tonecast::plugin
