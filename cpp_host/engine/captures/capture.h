#pragma once

#include "engine/captures/network_file.h"
#include "engine/effect_file/contract.h"
#include "engine/families/load_model.h"

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace tonecast {

/// Another program's capture of a device, as an effect of ours: `.nam`, the JSON of RTNeural and
/// AIDA-X, that of Proteus. What is known of it stands in the contract.
struct Capture {
    std::string name; // as errors call it: the path that was given
    std::string contract_json;
    Contract contract;
    std::vector<captures::SizedFile> sizes; // the largest last
};

/// Whether a file's name says that it is one.
bool is_capture(const std::filesystem::path& path);

/// Reads and checks a file, and listens to what it makes of a click. Nothing of it is executed.
/// Throws Error: one line that begins with the path as given.
Capture read_capture(const std::filesystem::path& path);

/// Control thread. Kernels play captures. Throws Error where ONNX Runtime or a GPU is asked for:
/// they need an effect file.
std::shared_ptr<const Model> load_capture(const Capture& capture, const LoadSettings& settings);

/// A capture or an effect file, by its name.
std::shared_ptr<const Model> open_model(const std::filesystem::path& path,
                                        const LoadSettings& settings = {});

} // namespace tonecast
