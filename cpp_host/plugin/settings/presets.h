#pragma once

#include "plugin/host/effect_host.h"
#include "plugin/library/effect_library.h"
#include "plugin/parameters/control_bank.h"
#include "plugin/parameters/parameters.h"
#include "plugin/settings/preset_library.h"

#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace tonecast::plugin {

/// Presets and what plays: chooses one, keeps what is set as one.
class Presets {
public:
    Presets(Parameters& parameters, ControlBank& controls, const EffectHost& effect_host,
            const EffectLibrary& effects);

    // Message thread.

    /// Those that can be chosen, each with an effect of the library or the one that is chosen.
    std::vector<Preset> available();

    /// Whether a preset is for the effect that is chosen.
    bool fits(const Preset& preset) const;

    /// Sets all that presets have, and chooses the effect if another one is chosen. Throws Error
    /// where there is none that it is for.
    void use(const Preset& preset);

    /// Sets all that presets have to the defaults of the effect that is chosen.
    void use_defaults();

    /// Keeps what is set for the effect that is chosen as a preset of the user's, which is the
    /// current one from then on. Throws Error.
    void save(const std::string& name);

    /// The current preset gets another name, or is deleted, if it is the user's. Throws Error.
    void rename_current(const std::string& new_name);
    void delete_current();

    /// The current preset as it was saved; nothing where there is none, or it is gone.
    std::optional<Preset> find_current();

    /// Whether what is set is still what that preset has.
    bool is_unchanged(const Preset& preset);

    // Any thread but the audio thread. Empty where none was chosen.
    std::string current() const;
    void set_current(const std::string& name);

private:
    struct Choice {
        int index; // of the parameter
        const Effect* effect;
    };

    int chosen_index() const;
    std::shared_ptr<const Effect> chosen() const;
    std::optional<Choice> choice_for(const Preset& preset) const;

    Parameters& parameters_;
    ControlBank& controls_;
    const EffectHost& effect_host_;
    const EffectLibrary& effects_;
    PresetLibrary library_;

    mutable std::mutex lock_; // of the name; never taken in real time
    std::string current_;
};

} // namespace tonecast::plugin
