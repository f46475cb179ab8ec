#pragma once

#include "engine/engine.h"
#include "plugin/parameters.h"

#include <algorithm>
#include <atomic>
#include <memory>
#include <utility>
#include <vector>

namespace tonecast::plugin {

/// An engine that follows the plugin's parameters.
class Voice final : public Engine {
public:
    /// Always bypassed: follows nothing.
    explicit Voice(std::shared_ptr<const Model> model) : Engine(std::move(model)) {
        bypass().set(1.0F);
    }

    Voice(std::shared_ptr<const Model> model, const Parameters& parameters)
        : Engine(std::move(model)) {
        connect(parameters, "input_gain_db", input_gain_db(), -60.0F, 60.0F);
        connect(parameters, "output_gain_db", output_gain_db(), -60.0F, 60.0F);
        connect(parameters, "mix", mix(), 0.0F, 1.0F);
        connect(parameters, bypass_id, bypass(), 0.0F, 1.0F);
        for (std::size_t i = 0; i < contract().controls.size(); ++i) {
            const Control& known = contract().controls[i];
            connect(parameters, known.name.c_str(), control(i), known.minimum, known.maximum);
        }
        follow();
    }

    /// Audio thread, before a block. What is new is ramped by the engine.
    void follow() noexcept {
        for (const Wire& wire : wires_) {
            const float wanted = wire.parameter->load(std::memory_order_relaxed);
            wire.control->set(std::clamp(wanted, wire.minimum, wire.maximum));
        }
    }

private:
    struct Wire {
        const std::atomic<float>* parameter;
        ControlValue* control;
        float minimum; // a file of the user's may have ranges of its own
        float maximum;
    };

    void connect(const Parameters& parameters, const char* name, ControlValue& value, float minimum,
                 float maximum) {
        if (const auto* parameter = parameters.getRawParameterValue(name))
            wires_.push_back({parameter, &value, minimum, maximum});
    }

    std::vector<Wire> wires_;
};

} // namespace tonecast::plugin
