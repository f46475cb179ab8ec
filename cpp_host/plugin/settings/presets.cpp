#include "plugin/settings/presets.h"

#include "engine/error.h"
#include "plugin/library/user_folder.h"
#include "plugin/parameters/gesture.h"
#include "plugin/settings/preset_values.h"

#include <algorithm>
#include <utility>

namespace tonecast::plugin {

namespace {

const Contract& contract_of(const Effect& effect) {
    return effect.files.begin()->second.contract; // controls are the same for all rates
}

} // namespace

Presets::Presets(Parameters& parameters, ControlBank& controls, const EffectHost& effect_host,
                 const EffectLibrary& effects)
    : parameters_(parameters), controls_(controls), effect_host_(effect_host), effects_(effects),
      library_(effects.presets(), user_folder() / "presets") {}

int Presets::chosen_index() const {
    return static_cast<juce::AudioParameterChoice*>(parameters_.getParameter(effect_id))
        ->getIndex();
}

std::shared_ptr<const Effect> Presets::chosen() const {
    const auto index = static_cast<std::size_t>(chosen_index());
    if (index < effects_.effects().size())
        return {std::shared_ptr<void>(), &effects_.effects()[index]}; // lives as long as all of it
    // A file of the user's is read when it is to be played.
    auto effect = effect_host_.effect();
    const bool is_read = effect && effect->files.begin()->second.path == effect_host_.file();
    return is_read ? effect : nullptr;
}

bool Presets::fits(const Preset& preset) const {
    const auto effect = chosen();
    return effect && preset.is_for(effect->name);
}

std::optional<Presets::Choice> Presets::choice_for(const Preset& preset) const {
    const auto& effects = effects_.effects();
    for (const std::string& name : preset.effects)
        if (const auto found = std::ranges::find(effects, name, &Effect::name);
            found != effects.end())
            return Choice{static_cast<int>(found - effects.begin()), &*found};
    return {};
}

std::vector<Preset> Presets::available() {
    auto presets = library_.presets();
    std::erase_if(presets,
                  [this](const Preset& preset) { return !fits(preset) && !choice_for(preset); });
    return presets;
}

void Presets::use(const Preset& preset) {
    auto effect = fits(preset) ? chosen() : nullptr;
    if (!effect) {
        const auto choice = choice_for(preset);
        if (!choice)
            throw Error("the preset " + preset.name + " is for " + preset.effects.front() +
                        ", which is not in this plugin; open its file first");
        turn_to(*parameters_.getParameter(effect_id), static_cast<float>(choice->index));
        effect = {std::shared_ptr<void>(), choice->effect};
    }
    set_values(preset.values, contract_of(*effect), parameters_, controls_);
    set_current(preset.name);
}

void Presets::use_defaults() {
    if (const auto effect = chosen())
        set_values({}, contract_of(*effect), parameters_, controls_);
    set_current({});
}

void Presets::save(const std::string& name) {
    const auto effect = chosen();
    if (!effect)
        throw Error("no effect is chosen that a preset could be for");
    Preset preset;
    preset.name = name;
    preset.effects = library_.alike(effect->name);
    preset.values = values_of(contract_of(*effect), parameters_, controls_);
    library_.save(preset);
    set_current(name);
}

void Presets::rename_current(const std::string& new_name) {
    library_.rename(current(), new_name);
    set_current(new_name);
}

void Presets::delete_current() {
    library_.remove(current());
    set_current({});
}

std::optional<Preset> Presets::find_current() {
    const std::string name = current();
    if (name.empty())
        return {};
    const auto presets = library_.presets();
    const auto found = std::ranges::find(presets, name, &Preset::name);
    return found == presets.end() ? std::nullopt : std::optional(*found);
}

bool Presets::is_unchanged(const Preset& preset) {
    const auto effect = chosen();
    return effect && preset.is_for(effect->name) &&
           same(values_of(contract_of(*effect), parameters_, controls_), preset.values);
}

std::string Presets::current() const {
    const std::lock_guard lock(lock_);
    return current_;
}

void Presets::set_current(const std::string& name) {
    const std::lock_guard lock(lock_);
    current_ = name;
}

} // namespace tonecast::plugin
