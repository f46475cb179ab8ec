#include "plugin/library/user_folder.h"

#include <juce_core/juce_core.h>
#include <string>

namespace tonecast::plugin {

std::filesystem::path user_folder() {
    const auto named = juce::SystemStats::getEnvironmentVariable("XDG_DATA_HOME", {}).trim();
    if (named.isNotEmpty())
        return std::filesystem::path(named.toStdString()) / "tonecast";
    const auto home = juce::File::getSpecialLocation(juce::File::userHomeDirectory);
    return std::filesystem::path(home.getFullPathName().toStdString()) / ".local/share/tonecast";
}

} // namespace tonecast::plugin
