#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <variant>
#include <vector>

namespace tonecast::plugin {

/// Settings of an effect under a name: only what differs from its defaults. Python has the same
/// files and reads them as keyword arguments of tonecast.Effect.
struct Preset {
    /// A switch, a number in the control's unit, or a word ("auto", "mid-side").
    using Value = std::variant<bool, double, std::string>;
    using Values = std::map<std::string, Value>; // by control

    bool is_for(const std::string& effect) const;

    std::string name;
    std::vector<std::string> effects; // by name: those that it fits, the first to be chosen first
    Values values;
    bool is_own = false; // of the user's
};

/// Whether both say the same, as far as a knob can tell.
bool same(const Preset::Values& one, const Preset::Values& other);

/// The presets in a file. Throws Error, which names the file.
std::vector<Preset> read_presets(const std::filesystem::path& path);

/// Writes a file with this preset, whole or not at all. Throws Error, which names the file.
void write_preset(const Preset& preset, const std::filesystem::path& path);

} // namespace tonecast::plugin
