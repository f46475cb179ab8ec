#include "plugin/settings/preset.h"

#include "engine/effect_file/json.h"
#include "engine/effect_file/json_fields.h"
#include "engine/effect_file/json_text.h"
#include "engine/effect_file/read_whole.h"
#include "engine/error.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <juce_core/juce_core.h>
#include <system_error>

namespace tonecast::plugin {

namespace fs = std::filesystem;

namespace {

constexpr int file_version = 1;
constexpr int newest_version = 1'000'000;

Preset::Value value_in(const Json& json, const std::string& control) {
    if (const bool* on = json.boolean())
        return *on;
    if (const double* number = json.number())
        return *number;
    if (const std::string* word = json.string())
        return *word;
    throw Error(control + " is set to what is no number, switch or word");
}

Preset preset_in(const Json& json) {
    const JsonFields fields(json, "a preset", "the presets");
    Preset preset;
    preset.name = fields.text("name");
    for (const Json& effect : fields.array("effects"))
        if (const std::string* name = effect.string())
            preset.effects.push_back(*name);
    if (preset.name.empty() || preset.effects.empty())
        throw Error("a preset has no name, or does not say which effects it is for");
    const Json::Object* settings = fields.required("settings").object();
    if (settings == nullptr)
        throw Error("the settings of the preset " + preset.name + " are no object");
    for (const auto& [control, value] : *settings)
        preset.values[control] = value_in(value, control);
    return preset;
}

std::string json_of(const Preset::Value& value) {
    if (const bool* on = std::get_if<bool>(&value))
        return *on ? "true" : "false";
    if (const double* number = std::get_if<double>(&value))
        return json_text(*number);
    return json_text(std::get<std::string>(value));
}

std::string json_of(const Preset& preset) {
    std::vector<std::string> effects;
    for (const std::string& effect : preset.effects)
        effects.push_back(json_text(effect));
    std::vector<std::pair<std::string, std::string>> settings;
    for (const auto& [control, value] : preset.values)
        settings.emplace_back(control, json_of(value));
    const std::string written = json_object({{"name", json_text(preset.name)},
                                             {"effects", json_array(effects)},
                                             {"settings", json_object(settings)}});
    return json_object(
        {{"version", std::to_string(file_version)}, {"presets", json_array({written})}});
}

bool same_value(const Preset::Value& one, const Preset::Value& other) {
    const double* a = std::get_if<double>(&one);
    const double* b = std::get_if<double>(&other);
    if (a == nullptr || b == nullptr)
        return one == other;
    return std::fabs(*a - *b) <= 1e-4 * std::max(std::fabs(*a), std::fabs(*b));
}

} // namespace

bool Preset::is_for(const std::string& effect) const {
    return std::ranges::find(effects, effect) != effects.end();
}

bool same(const Preset::Values& one, const Preset::Values& other) {
    return std::ranges::equal(one, other, [](const auto& a, const auto& b) {
        return a.first == b.first && same_value(a.second, b.second);
    });
}

std::vector<Preset> read_presets(const fs::path& path) {
    try {
        const Json json = Json::parse(read_whole(path, 1));
        const JsonFields fields(json, "", "the file of presets");
        if (fields.integer("version", 1, newest_version) > file_version)
            throw Error("its presets are of a newer Tonecast; update the plugin");
        std::vector<Preset> presets;
        for (const Json& preset : fields.array("presets"))
            presets.push_back(preset_in(preset));
        return presets;
    } catch (const Error& error) {
        throw Error(path.string() + ": " + error.what());
    }
}

void write_preset(const Preset& preset, const fs::path& path) {
    // Beside it, so that it is on the same disk; a name of its own for each instance.
    const fs::path draft =
        path.parent_path() / (".tonecast-" + juce::Uuid().toString().toStdString());
    std::error_code error;
    fs::create_directories(path.parent_path(), error);
    std::ofstream file(draft, std::ios::binary);
    file << json_of(preset) << "\n";
    file.close();
    const bool is_written = !file.fail();
    if (is_written)
        fs::rename(draft, path, error);
    if (!is_written || error) {
        std::error_code ignored;
        fs::remove(draft, ignored);
        throw Error(path.string() + ": the preset cannot be written" +
                    (error ? " (" + error.message() + ")" : ""));
    }
}

} // namespace tonecast::plugin
