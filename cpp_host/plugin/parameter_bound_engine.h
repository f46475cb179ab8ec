#pragma once

#include "engine/engine.h"
#include "plugin/control_bank.h"
#include "plugin/control_scale.h"
#include "plugin/parameters.h"
#include "plugin/switch_parameter.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace tonecast::plugin {

/// An engine that follows the plugin's parameters.
class ParameterBoundEngine final : public Engine {
public:
    /// Always bypassed: follows nothing.
    explicit ParameterBoundEngine(std::shared_ptr<const Model> model) : Engine(std::move(model)) {
        bypass().set(1.0F);
    }

    /// Turns those of its controls that no other parameter turns with the bank, as long as this
    /// effect id is the active one: while it fades out, it does not follow the next effect's.
    ParameterBoundEngine(std::shared_ptr<const Model> model, const Parameters& parameters,
                         const ControlBank& bank, int effect_id_in_bank)
        : Engine(std::move(model)), bank_(&bank), effect_id_in_bank_(effect_id_in_bank) {
        connect(parameters, "input_gain_db", input_gain_db(), -60.0F, 60.0F);
        connect(parameters, "output_gain_db", output_gain_db(), -60.0F, 60.0F);
        connect(parameters, "mix", mix(), 0.0F, 1.0F);
        connect(parameters, bypass_id, bypass(), 0.0F, 1.0F);
        for (std::size_t i = 0; i < contract().controls.size(); ++i) {
            const Control& known = contract().controls[i];
            if (has_knob(known))
                connect(parameters, known.name.c_str(), control(i), known.minimum, known.maximum);
        }
        for (const std::size_t i : banked_controls(contract()))
            banked_.push_back(
                {&bank.parameter(banked_.size()), &control(i), &contract().controls[i]});
        automatic_ = automatic_control();
        automatic_parameter_ = parameters.getRawParameterValue(automatic_id);
        follow();
    }

    /// Control thread: the control "attenuation", where a predictor can move it in this effect.
    std::optional<std::size_t> automatic_control() const {
        for (std::size_t i = 0; i < contract().controls.size(); ++i)
            if (contract().controls[i].name == "attenuation" &&
                !contract().controls[i].automatic_by.empty())
                return i;
        return {};
    }

    /// Control thread: let this predictor move that control whenever it is set automatic.
    void follow_predictor(std::shared_ptr<const Model> predictor) {
        attach(*automatic_control(), std::move(predictor));
        has_predictor_ = true;
    }
    bool has_predictor() const noexcept { return has_predictor_; }

    /// Audio thread, before a block. What is new is ramped by the engine.
    void follow() noexcept {
        for (const Wire& wire : wires_) {
            const float wanted = wire.parameter->load(std::memory_order_relaxed);
            if (!std::isfinite(wanted)) // hosts' automation may be anything
                continue;
            if (wire.is_switch)
                wire.control->set(SwitchParameter::is_on(wanted) ? wire.maximum : wire.minimum);
            else
                wire.control->set(std::clamp(wanted, wire.minimum, wire.maximum));
        }
        for (const BankWire& wire : banked_) {
            // First: the active effect id was changed before it.
            const float normalized = wire.parameter->normalized_value();
            if (bank_->active_effect_id() == effect_id_in_bank_)
                wire.control->set(value_at(*wire.known, normalized));
        }
        if (automatic_)
            set_automatic(*automatic_, SwitchParameter::is_on(
                                           automatic_parameter_->load(std::memory_order_relaxed)));
    }

private:
    struct Wire {
        const std::atomic<float>* parameter;
        ControlValue* control;
        float minimum; // a file of the user's may have ranges of its own
        float maximum;
        bool is_switch;
    };

    struct BankWire {
        const ControlParameter* parameter;
        ControlValue* control;
        const Control* known;
    };

    void connect(const Parameters& parameters, const char* name, ControlValue& value, float minimum,
                 float maximum) {
        if (const auto* parameter = parameters.getRawParameterValue(name))
            wires_.push_back(
                {parameter, &value, minimum, maximum, parameters.getParameter(name)->isBoolean()});
    }

    const ControlBank* bank_ = nullptr;
    int effect_id_in_bank_ = 0;
    std::vector<Wire> wires_;
    std::vector<BankWire> banked_;
    std::optional<std::size_t> automatic_;
    const std::atomic<float>* automatic_parameter_ = nullptr;
    bool has_predictor_ = false;
};

} // namespace tonecast::plugin
