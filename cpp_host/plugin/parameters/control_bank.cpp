#include "plugin/parameters/control_bank.h"

#include "plugin/parameters/control_scale.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace tonecast::plugin {

namespace {

// As the parameters' own tree has them.
constexpr auto parameter_tag = "PARAM";
constexpr auto id_key = "id";
constexpr auto value_key = "value";

bool same(const Control& one, const Control& other) {
    const auto all = [](const Control& control) {
        return std::tie(control.name, control.label, control.unit, control.scale, control.minimum,
                        control.maximum, control.default_value);
    };
    return all(one) == all(other);
}

} // namespace

std::vector<std::size_t> banked_controls(const Contract& contract) {
    std::vector<std::size_t> indices;
    for (std::size_t i = 0; i < contract.controls.size(); ++i)
        if (!has_knob(contract.controls[i]) && indices.size() < ControlBank::size)
            indices.push_back(i);
    return indices;
}

ControlBank::ControlBank(juce::AudioProcessor& processor, const Parameters& parameters,
                         const std::vector<Effect>& effects)
    : processor_(processor), choice_parameter_(dynamic_cast<juce::AudioParameterChoice&>(
                                 *parameters.getParameter(effect_id))),
      effects_(effects.size() + 1) {
    for (const auto* parameter : processor.getParameters())
        taken_names_.add(parameter->getName(128));
    for (std::size_t k = 0; k < size; ++k) {
        parameters_[k] =
            new ControlParameter(static_cast<int>(k) + 1, [this, k] { return control(k); });
        processor.addParameter(parameters_[k]);
        taken_names_.add(parameters_[k]->name);
    }
    for (std::size_t i = 0; i < effects.size(); ++i)
        describe(effects_[i], controls_of(effects[i].files.begin()->second.contract));
    begin();
    choice_parameter_.addListener(this);
}

ControlBank::~ControlBank() {
    choice_parameter_.removeListener(this);
}

int ControlBank::active_effect_id() const noexcept {
    const int choice = choice_;
    return choice < file_choice() ? choice : choice + files_;
}

void ControlBank::use_file(const Contract* contract) {
    {
        const std::lock_guard lock(lock_);
        describe(effects_.back(),
                 contract == nullptr ? std::vector<Control>() : controls_of(*contract));
    }
    ++files_;
    if (choice_ == file_choice())
        begin();
}

void ControlBank::describe_file(const Contract& contract) {
    auto controls = controls_of(contract);
    const std::lock_guard lock(lock_);
    if (std::ranges::equal(effects_.back().controls, controls, same))
        return;
    describe(effects_.back(), std::move(controls));
    ++changes_;
}

std::optional<Control> ControlBank::control(std::size_t k) const {
    const std::lock_guard lock(lock_);
    const auto& controls = chosen().controls;
    if (k >= controls.size())
        return {};
    return controls[k];
}

void ControlBank::keep(juce::ValueTree& settings) const {
    for (const auto* parameter : parameters_) {
        auto setting = settings.getChildWithProperty(id_key, parameter->paramID);
        if (!setting.isValid()) {
            setting = juce::ValueTree(parameter_tag, {{id_key, parameter->paramID}});
            settings.appendChild(setting, nullptr);
        }
        setting.setProperty(value_key, parameter->normalized_value(), nullptr);
    }
}

void ControlBank::restore(const juce::ValueTree& settings) {
    begin();
    for (auto* parameter : parameters_)
        if (const auto setting = settings.getChildWithProperty(id_key, parameter->paramID);
            setting.hasProperty(value_key))
            parameter->set_normalized_value(setting[value_key]);
}

void ControlBank::tell_host() {
    const int changes = changes_;
    if (std::exchange(told_changes_, changes) == changes)
        return;
    processor_.updateHostDisplay(
        juce::AudioProcessorListener::ChangeDetails().withParameterInfoChanged(true));
    for (auto* parameter : parameters_)
        parameter->sendValueChangedMessageToListeners(parameter->normalized_value());
}

void ControlBank::parameterValueChanged(int, float) {
    // Hosts automate the choice: this may be the audio thread.
    const int choice = std::clamp(choice_parameter_.getIndex(), 0, file_choice());
    if (choice_.exchange(choice) != choice)
        begin();
}

const ControlBank::Described& ControlBank::chosen() const noexcept {
    return effects_[static_cast<std::size_t>(choice_.load())];
}

/// Some hosts know parameters by nothing but their names.
std::vector<Control> ControlBank::controls_of(const Contract& contract) const {
    std::vector<Control> controls;
    auto taken = taken_names_;
    for (const std::size_t i : banked_controls(contract)) {
        Control control = contract.controls[i];
        if (control.label.empty())
            control.label = control.name;
        if (taken.contains(juce::String(control.label), true))
            control.label += " (" + std::to_string(controls.size() + 1) + ")";
        taken.add(juce::String(control.label));
        controls.push_back(std::move(control));
    }
    return controls;
}

void ControlBank::describe(Described& effect, std::vector<Control> controls) {
    effect.controls = std::move(controls);
    for (std::size_t k = 0; k < size; ++k)
        effect.normalized_defaults[k] =
            k < effect.controls.size()
                ? to_normalized(effect.controls[k], effect.controls[k].default_value)
                : 0.0F;
}

/// A thread that sees a new normalized value sees the new active_effect_id, too: that was changed
/// before.
void ControlBank::begin() noexcept {
    const Described& now = chosen();
    for (std::size_t k = 0; k < size; ++k)
        parameters_[k]->set_normalized_value(now.normalized_defaults[k]);
    ++changes_;
}

} // namespace tonecast::plugin
