#pragma once

#include "engine/engine.h"
#include "plugin/parameters/control_bank.h"
#include "plugin/parameters/control_scale.h"
#include "plugin/parameters/parameters.h"
#include "plugin/parameters/switch_parameter.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace tonecast::plugin {

/// An engine, and the plugin's parameters that its controls follow.
class ParameterBoundEngine {
public:
    /// Bound to no parameter: it stays as it is set.
    explicit ParameterBoundEngine(std::shared_ptr<Engine> engine) : engine_(std::move(engine)) {}

    /// Controls without a parameter of their name are bound to the bank, as long as this effect id
    /// is the active one: while it fades out, it does not follow the next effect's.
    ParameterBoundEngine(std::shared_ptr<Engine> engine, const Parameters& parameters,
                         const ControlBank& bank, int effect_id_in_bank)
        : engine_(std::move(engine)), bank_(&bank), effect_id_in_bank_(effect_id_in_bank) {
        bind(parameters, "input_gain_db", engine_->input_gain_db(), -60.0F, 60.0F);
        bind(parameters, "output_gain_db", engine_->output_gain_db(), -60.0F, 60.0F);
        bind(parameters, "mix", engine_->mix(), 0.0F, 1.0F);
        bind(parameters, bypass_id, engine_->bypass(), 0.0F, 1.0F);
        bind(parameters, "limiter", engine_->limiter(), 0.0F, 1.0F);
        bind(parameters, "ceiling_db", engine_->ceiling_db(), -60.0F, 24.0F);
        bind(parameters, "gate_db", engine_->gate_db(), -100.0F, 0.0F);
        bind(parameters, "bass_db", engine_->bass_db(), -12.0F, 12.0F);
        bind(parameters, "middle_db", engine_->middle_db(), -12.0F, 12.0F);
        bind(parameters, "treble_db", engine_->treble_db(), -12.0F, 12.0F);
        stereo_parameter_ = parameters.getRawParameterValue(stereo_id);
        const auto& controls = engine_->contract().controls;
        for (std::size_t i = 0; i < controls.size(); ++i) {
            const Control& known = controls[i];
            if (has_knob(known))
                bind(parameters, known.name.c_str(), engine_->control(i), known.minimum,
                     known.maximum);
        }
        for (const std::size_t i : banked_controls(engine_->contract()))
            bank_bindings_.push_back(
                {&bank.parameter(bank_bindings_.size()), &engine_->control(i), &controls[i]});
        automatic_ = automatic_control();
        automatic_parameter_ = parameters.getRawParameterValue(automatic_id);
        follow();
    }

    /// Any thread. What it plays, counts and is late by is the engine's own.
    const std::shared_ptr<Engine>& engine() const noexcept { return engine_; }

    /// Control thread: the control "attenuation", where a predictor can move it in this effect.
    std::optional<std::size_t> automatic_control() const {
        const auto& controls = engine_->contract().controls;
        for (std::size_t i = 0; i < controls.size(); ++i)
            if (controls[i].name == "attenuation" && !controls[i].automatic_by.empty())
                return i;
        return {};
    }

    /// Control thread: lets this predictor move that control whenever it is set automatic. Throws
    /// Error where the predictor cannot be played.
    void attach_predictor(std::shared_ptr<const Model> predictor) {
        engine_->attach(*automatic_control(), std::move(predictor));
        has_predictor_ = true;
    }
    bool has_predictor() const noexcept { return has_predictor_; }

    /// Audio thread, before a block: sets what the parameters are set to. The engine ramps changes.
    void follow() noexcept {
        for (const Binding& binding : bindings_) {
            const float wanted = binding.parameter->load(std::memory_order_relaxed);
            if (!std::isfinite(wanted)) // hosts' automation may be anything
                continue;
            if (binding.is_switch)
                binding.control->set(SwitchParameter::is_on(wanted) ? binding.maximum
                                                                    : binding.minimum);
            else
                binding.control->set(std::clamp(wanted, binding.minimum, binding.maximum));
        }
        for (const BankBinding& binding : bank_bindings_) {
            // First: the active effect id was changed before it.
            const float normalized = binding.parameter->normalized_value();
            if (bank_->active_effect_id() == effect_id_in_bank_)
                binding.control->set(value_at(*binding.known, normalized));
        }
        if (stereo_parameter_ != nullptr)
            engine_->set_stereo(static_cast<Stereo>(
                std::clamp(std::lround(stereo_parameter_->load(std::memory_order_relaxed)), 0L,
                           static_cast<long>(Stereo::mid_side))));
        if (automatic_)
            engine_->set_automatic(*automatic_, SwitchParameter::is_on(automatic_parameter_->load(
                                                    std::memory_order_relaxed)));
    }

private:
    struct Binding {
        const std::atomic<float>* parameter;
        ControlValue* control;
        float minimum; // a file of the user's may have ranges of its own
        float maximum;
        bool is_switch;
    };

    struct BankBinding {
        const ControlParameter* parameter;
        ControlValue* control;
        const Control* known;
    };

    void bind(const Parameters& parameters, const char* name, ControlValue& value, float minimum,
              float maximum) {
        if (const auto* parameter = parameters.getRawParameterValue(name))
            bindings_.push_back(
                {parameter, &value, minimum, maximum, parameters.getParameter(name)->isBoolean()});
    }

    std::shared_ptr<Engine> engine_; // first: the bindings point into it
    const ControlBank* bank_ = nullptr;
    int effect_id_in_bank_ = 0;
    std::vector<Binding> bindings_;
    std::vector<BankBinding> bank_bindings_;
    std::optional<std::size_t> automatic_;
    const std::atomic<float>* automatic_parameter_ = nullptr;
    const std::atomic<float>* stereo_parameter_ = nullptr;
    bool has_predictor_ = false;
};

} // namespace tonecast::plugin
