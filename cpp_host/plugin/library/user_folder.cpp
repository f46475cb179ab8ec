#include "plugin/library/user_folder.h"

#include <algorithm>
#include <juce_core/juce_core.h>
#include <string>
#include <system_error>

namespace tonecast::plugin {

std::filesystem::path user_folder() {
    const auto named = juce::SystemStats::getEnvironmentVariable("XDG_DATA_HOME", {}).trim();
    if (named.isNotEmpty())
        return std::filesystem::path(named.toStdString()) / "tonecast";
    const auto home = juce::File::getSpecialLocation(juce::File::userHomeDirectory);
    return std::filesystem::path(home.getFullPathName().toStdString()) / ".local/share/tonecast";
}

std::vector<std::filesystem::path> own_effect_files() {
    std::vector<std::filesystem::path> files;
    std::error_code error;
    for (const auto& entry :
         std::filesystem::directory_iterator(user_folder() / "effects", error)) {
        const auto name = entry.path().filename().string();
        const bool plays = name.ends_with(".onnx") || name.ends_with(".nam");
        if (plays && !name.starts_with('.'))
            files.push_back(entry.path());
    }
    std::ranges::sort(files);
    return files;
}

} // namespace tonecast::plugin
