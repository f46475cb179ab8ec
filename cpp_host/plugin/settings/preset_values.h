#pragma once

#include "engine/effect_file/contract.h"
#include "plugin/parameters/control_bank.h"
#include "plugin/parameters/parameters.h"
#include "plugin/settings/preset.h"

namespace tonecast::plugin {

// Message thread. Presets have the controls of the effect and of every effect, by the names that
// Python has for them: none of what one listens with (bypass, delta) or guards the output with (the
// limiter).

/// What the parameters are set to, where that differs from this effect's defaults.
Preset::Values values_of(const Contract& effect, const Parameters& parameters, ControlBank& bank);

/// Sets the parameters to these values, and all others that presets have to the effect's defaults.
/// What the effect does not have is passed over, and what is out of a range is held to it.
void set_values(const Preset::Values& values, const Contract& effect, Parameters& parameters,
                ControlBank& bank);

} // namespace tonecast::plugin
