#pragma once

#include <filesystem>

namespace tonecast::plugin {

/// Where the user's own effects and presets are kept, as Python's platformdirs has it; it need not
/// exist.
std::filesystem::path user_folder();

} // namespace tonecast::plugin
