#pragma once

#include <filesystem>
#include <vector>

namespace tonecast::plugin {

/// Where the user's own effects and presets are kept, as Python's platformdirs has it; it need not
/// exist.
std::filesystem::path user_folder();

/// The files in its folder of effects, sorted, as `tonecast effects add` puts them there.
std::vector<std::filesystem::path> own_effect_files();

} // namespace tonecast::plugin
