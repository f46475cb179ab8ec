#pragma once

#include "plugin/settings/preset.h"

#include <filesystem>
#include <string>
#include <vector>

namespace tonecast::plugin {

/// The presets that come with the plugin, and those of the user, each a file in a folder that
/// Python reads, too. What others do to that folder meanwhile is seen at the next call.
class PresetLibrary {
public:
    static constexpr std::size_t max_name = 60;

    /// The shipped ones are all in one file; the folder need not exist.
    PresetLibrary(std::filesystem::path shipped, std::filesystem::path own_folder);

    // Any thread that may wait for a disk.

    /// The shipped ones, then the user's by name. Files that cannot be read are left out, and
    /// problem() names the last of them.
    std::vector<Preset> presets();
    const std::string& problem() const { return problem_; }

    /// Writes a preset of the user's; one of the same name and for the same effects is replaced.
    /// Throws Error: a name that no file can have, or that another preset has.
    void save(const Preset& preset);

    /// Throws Error where there is none of that name, or the new one is taken.
    void rename(const std::string& name, const std::string& new_name);
    void remove(const std::string& name);

    /// The effects that share presets with this one: other forms of it.
    std::vector<std::string> alike(const std::string& effect);

private:
    std::filesystem::path file_of(const std::string& name) const;
    Preset own(const std::string& name);

    std::filesystem::path shipped_;
    std::filesystem::path own_folder_;
    std::string problem_;
};

} // namespace tonecast::plugin
