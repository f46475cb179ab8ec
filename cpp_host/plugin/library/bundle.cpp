#include "plugin/library/bundle.h"

#include <dlfcn.h>
#include <system_error>

namespace tonecast::plugin {

namespace fs = std::filesystem;

namespace {

fs::path own_binary() {
    Dl_info info{};
    std::error_code error;
    if (dladdr(reinterpret_cast<const void*>(&find_bundle), &info) != 0)
        if (const fs::path binary = fs::canonical(info.dli_fname, error); !error)
            return binary;
    return fs::canonical("/proc/self/exe", error); // an application that was found along PATH
}

} // namespace

Bundle find_bundle() {
    const fs::path folder = own_binary().parent_path();
    // VST3 keeps binaries in Contents/<architecture>; LV2 and the application have all in one
    // folder.
    const bool vst3 = folder.parent_path().filename() == "Contents";
    const fs::path effects = (vst3 ? folder.parent_path() / "Resources" : folder) / "effects";
    return {folder / "libonnxruntime.so", folder / "tonecast-trial", effects,
            effects / "presets.json"};
}

} // namespace tonecast::plugin
