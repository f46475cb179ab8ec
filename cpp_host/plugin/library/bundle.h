#pragma once

#include <filesystem>

namespace tonecast::plugin {

/// Where the files lie that come with the plugin.
struct Bundle {
    std::filesystem::path onnxruntime; // the library
    std::filesystem::path trial;       // the program that tries out files of the user's
    std::filesystem::path effects;     // a folder of effect files
    std::filesystem::path presets;     // a file
};

/// Found from the plugin's own binary, wherever the bundle was put. What it names need not exist.
Bundle find_bundle();

} // namespace tonecast::plugin
