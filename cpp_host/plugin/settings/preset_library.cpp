#include "plugin/settings/preset_library.h"

#include "engine/error.h"

#include <algorithm>
#include <juce_core/juce_core.h>
#include <system_error>
#include <utility>

namespace tonecast::plugin {

namespace fs = std::filesystem;

namespace {

void check_name(const std::string& name) {
    const juce::String text(juce::CharPointer_UTF8(name.c_str()));
    if (text.trim().isEmpty())
        throw Error("a preset needs a name");
    if (name.size() > PresetLibrary::max_name)
        throw Error("a preset's name has at most " + std::to_string(PresetLibrary::max_name) +
                    " letters");
    if (text != text.trim() || text.startsWithChar('.') ||
        text != juce::File::createLegalFileName(text))
        throw Error("a preset cannot be called \"" + name +
                    "\": its name is that of a file, without / \\ : * ? \" < > | # @ , ; ^ and "
                    "without a dot or a space around it");
}

} // namespace

PresetLibrary::PresetLibrary(fs::path shipped, fs::path own_folder)
    : shipped_(std::move(shipped)), own_folder_(std::move(own_folder)) {}

std::vector<Preset> PresetLibrary::presets() {
    problem_.clear();
    std::vector<Preset> found;
    const auto add = [&](const fs::path& path, bool is_own) {
        try {
            for (Preset& preset : read_presets(path)) {
                preset.is_own = is_own;
                if (is_own) // one a file, and renamed with it
                    preset.name = path.stem().string();
                found.push_back(std::move(preset));
                if (is_own)
                    break;
            }
        } catch (const Error& error) {
            problem_ = error.what();
        }
    };
    add(shipped_, false);
    std::vector<fs::path> files;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(own_folder_, error))
        if (entry.path().extension() == ".json" && entry.path().filename().string()[0] != '.')
            files.push_back(entry.path());
    std::ranges::sort(files);
    for (const fs::path& file : files)
        add(file, true);
    return found;
}

fs::path PresetLibrary::file_of(const std::string& name) const {
    return own_folder_ / (name + ".json");
}

Preset PresetLibrary::own(const std::string& name) {
    const auto all = presets();
    const auto found = std::ranges::find_if(
        all, [&](const Preset& preset) { return preset.is_own && preset.name == name; });
    if (found == all.end())
        throw Error("there is no preset of yours called \"" + name + "\"");
    return *found;
}

void PresetLibrary::save(const Preset& preset) {
    check_name(preset.name);
    for (const Preset& known : presets())
        if (known.name == preset.name && (!known.is_own || known.effects != preset.effects))
            throw Error("there is a preset called \"" + preset.name + "\" " +
                        (known.is_own ? "for " + known.effects.front() : "already") +
                        "; choose another name");
    write_preset(preset, file_of(preset.name));
}

void PresetLibrary::rename(const std::string& name, const std::string& new_name) {
    if (name == new_name)
        return;
    Preset preset = own(name);
    check_name(new_name);
    for (const Preset& known : presets())
        if (known.name == new_name)
            throw Error("there is a preset called \"" + new_name +
                        "\" already; choose another name");
    preset.name = new_name;
    write_preset(preset, file_of(new_name));
    remove(name);
}

void PresetLibrary::remove(const std::string& name) {
    own(name);
    std::error_code error;
    if (!fs::remove(file_of(name), error))
        throw Error(file_of(name).string() + ": the preset cannot be deleted");
}

std::vector<std::string> PresetLibrary::alike(const std::string& effect) {
    for (const Preset& preset : presets())
        if (!preset.is_own && preset.is_for(effect))
            return preset.effects;
    return {effect};
}

} // namespace tonecast::plugin
