#include "engine/families/causal_controls.h"

#include "engine/signal/control_value.h"

#include <utility>

namespace tonecast {

CausalControls::CausalControls(const Contract& contract)
    : levels_(contract.capture.value_or(CaptureLevels{})) {
    const std::pair<std::string_view, std::optional<std::size_t>&> known[] = {
        {"size", size_},
        {"invert", invert_},
        {"normalize", normalize_},
        {"calibrate_input", calibrate_input_},
        {"calibrate_output", calibrate_output_},
        {"interface_dbu", interface_dbu_},
    };
    for (std::size_t i = 0; i < contract.controls.size(); ++i)
        for (const auto& [name, index] : known)
            if (contract.controls[i].name == name) {
                index = i;
                first_condition_ = i + 1;
            }
}

float CausalControls::size(std::span<const float> values) const noexcept {
    return size_ ? values[*size_] : 1.0F;
}

float CausalControls::input_gain(std::span<const float> values) const noexcept {
    const float wanted_db = value(interface_dbu_, values) - levels_.input_level_dbu.value_or(0.0F);
    return db_to_linear(value(calibrate_input_, values) * wanted_db);
}

float CausalControls::output_gain(std::span<const float> values) const noexcept {
    const float calibrated_db =
        levels_.output_level_dbu.value_or(0.0F) - value(interface_dbu_, values);
    const float normal_db = normal_loudness_db - levels_.loudness_db.value_or(normal_loudness_db);
    const float calibrate = value(calibrate_output_, values);
    const float gain_db =
        calibrate * calibrated_db + (1.0F - calibrate) * value(normalize_, values) * normal_db;
    // From 0 to 1 it passes through silence.
    return (1.0F - 2.0F * value(invert_, values)) * db_to_linear(gain_db);
}

} // namespace tonecast
