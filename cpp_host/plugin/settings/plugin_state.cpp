#include "plugin/settings/plugin_state.h"

#include "engine/error.h"
#include "plugin/parameters/parameters.h"

#include <cmath>
#include <juce_audio_processors/juce_audio_processors.h>
#include <juce_cryptography/juce_cryptography.h>

namespace tonecast::plugin {

namespace {

// Names in the state: sessions that were saved have them.
constexpr auto root_tag = "Tonecast";
constexpr auto version_key = "version";
constexpr auto file_key = "file";
constexpr auto sha256_key = "sha256";
constexpr auto cabinet_key = "cabinet";
constexpr auto preset_key = "preset";
constexpr auto width_key = "editorWidth";
constexpr auto height_key = "editorHeight";
constexpr auto now_tag = "Now";
constexpr auto other_tag = "Other";

juce::ValueTree effect_in(const juce::ValueTree& settings) {
    return settings.getChildWithProperty("id", effect_id);
}

juce::ValueTree wrapped(const char* tag, const juce::ValueTree& settings,
                        const juce::StringArray& choices) {
    juce::ValueTree tree(tag);
    auto copy = settings.createCopy();
    if (auto effect = effect_in(copy); effect.isValid())
        effect.setProperty("value", choices[static_cast<int>(effect["value"])], nullptr);
    tree.appendChild(copy, nullptr);
    return tree;
}

juce::ValueTree unwrapped(const juce::ValueTree& wrapper, const juce::StringArray& choices,
                          std::string& missing_effect) {
    auto settings = wrapper.getChild(0).createCopy();
    if (auto effect = effect_in(settings); effect.isValid()) {
        const auto name = effect["value"].toString();
        if (!choices.contains(name))
            missing_effect = name.toStdString();
        effect.setProperty(
            "value", choices.contains(name) ? choices.indexOf(name) : choices.size() - 1, nullptr);
    }
    for (auto setting : settings)
        if (!std::isfinite(static_cast<double>(setting["value"])))
            setting.removeProperty("value", nullptr); // the default, then
    return settings;
}

} // namespace

juce::MemoryBlock write_state(const PluginState& state, const juce::StringArray& choices) {
    juce::ValueTree tree(root_tag);
    tree.setProperty(version_key, state_version, nullptr);
    if (!state.file.empty()) {
        tree.setProperty(file_key, juce::String(state.file.string()), nullptr);
        tree.setProperty(sha256_key, juce::String(state.file_sha256), nullptr);
    }
    if (!state.cabinet.empty())
        tree.setProperty(cabinet_key, juce::String(state.cabinet.string()), nullptr);
    if (!state.preset.empty())
        tree.setProperty(preset_key, juce::String(state.preset), nullptr);
    if (state.editor_width > 0) {
        tree.setProperty(width_key, state.editor_width, nullptr);
        tree.setProperty(height_key, state.editor_height, nullptr);
    }
    tree.appendChild(wrapped(now_tag, state.parameters, choices), nullptr);
    if (state.other.isValid())
        tree.appendChild(wrapped(other_tag, state.other, choices), nullptr);
    juce::MemoryBlock block;
    juce::AudioProcessor::copyXmlToBinary(*tree.createXml(), block);
    return block;
}

PluginState read_state(const void* data, int size, const juce::StringArray& choices) {
    const auto xml = juce::AudioProcessor::getXmlFromBinary(data, size);
    if (!xml || !xml->hasTagName(root_tag))
        throw Error("the saved settings cannot be read; nothing was changed");
    const int version = xml->getIntAttribute(version_key);
    if (version > state_version)
        throw Error("the settings were saved by a newer Tonecast (their version is " +
                    std::to_string(version) + ", this one reads " + std::to_string(state_version) +
                    "); nothing was changed, update the plugin");
    const auto tree = juce::ValueTree::fromXml(*xml);
    PluginState state;
    state.other = unwrapped(tree.getChildWithName(other_tag), choices, state.missing_effect);
    state.missing_effect.clear(); // only the side that is shown reports it
    state.parameters = unwrapped(tree.getChildWithName(now_tag), choices, state.missing_effect);
    state.file = tree[file_key].toString().toStdString();
    state.file_sha256 = tree[sha256_key].toString().toStdString();
    state.cabinet = tree[cabinet_key].toString().toStdString();
    state.preset = tree[preset_key].toString().toStdString();
    state.editor_width = tree[width_key];
    state.editor_height = tree[height_key];
    if (!state.parameters.isValid())
        throw Error("the saved settings hold no parameters; nothing was changed");
    return state;
}

std::string sha256_of(const std::filesystem::path& path) {
    const juce::File file(path.string());
    return file.existsAsFile() ? juce::SHA256(file).toHexString().toStdString() : std::string();
}

} // namespace tonecast::plugin
