#pragma once

#include <filesystem>
#include <juce_data_structures/juce_data_structures.h>
#include <string>

namespace tonecast::plugin {

inline constexpr int state_version = 1;

/// What a session keeps: all settings, and a file of the user's by path and content.
struct PluginState {
    juce::ValueTree parameters; // as the parameters' tree has them
    juce::ValueTree other;      // the other side of A/B; invalid where there is none
    std::filesystem::path file; // empty for none
    std::string file_sha256;
    std::filesystem::path cabinet; // likewise, by its path alone
    std::string preset;            // by its name; empty for none
    std::string missing_effect;
    int editor_width = 0; // 0: as it comes
    int editor_height = 0;
};

/// Keeps the effect by its name among `choices`: their numbers change from release to release.
juce::MemoryBlock write_state(const PluginState& state, const juce::StringArray& choices);

/// Throws Error where it cannot be read or is of a newer version. An effect that is no longer among
/// the choices becomes the last one, the user's file, and `missing_effect` names it.
PluginState read_state(const void* data, int size, const juce::StringArray& choices);

/// Of a file's content, in hexadecimal; empty where it cannot be read.
std::string sha256_of(const std::filesystem::path& path);

} // namespace tonecast::plugin
