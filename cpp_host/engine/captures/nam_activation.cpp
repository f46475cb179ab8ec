#include "engine/captures/nam_wavenet.h"
#include "engine/captures/reading.h"
#include "engine/effect_file/utf8.h"

#include <algorithm>
#include <utility>

namespace tonecast::captures {

namespace {

using wavenet::Activation;
using wavenet::Curve;

constexpr float usual_slope = 0.01F;

constexpr std::pair<std::string_view, Curve> curves[] = {
    {"Tanh", Curve::tanh},
    {"Fasttanh", Curve::tanh}, // what it approximates
    {"Hardtanh", Curve::hard_tanh},
    {"ReLU", Curve::relu},
    {"LeakyReLU", Curve::leaky_relu},
    {"PReLU", Curve::prelu},
    {"Sigmoid", Curve::sigmoid},
    {"SiLU", Curve::silu},
    {"Hardswish", Curve::hard_swish},
    {"LeakyHardtanh", Curve::leaky_hard_tanh},
    {"LeakyHardTanh", Curve::leaky_hard_tanh},
    {"Softsign", Curve::softsign},
};

Curve find_curve(const std::string& name, const std::string& place) {
    const auto found = std::ranges::find(curves, name, &std::pair<std::string_view, Curve>::first);
    if (found == std::end(curves))
        throw Error("capture: " + place + ": the activation \"" + printable(name) +
                    "\" is not known; update tonecast, if the file is newer");
    return found->second;
}

} // namespace

Activation read_nam_activation(const Json& json, const std::string& place) {
    const bool named = json.string() != nullptr;
    const std::string name = named ? *json.string() : Fields(json, place).text("type");
    Activation activation{find_curve(name, place)};
    const auto parameter = [&](std::string_view field, float usual) {
        if (named || json.find(field) == nullptr)
            return usual;
        return numbers(Fields(json, place).required(field), place).at(0);
    };
    if (activation.curve == Curve::leaky_relu || activation.curve == Curve::prelu)
        activation.slopes = {parameter("negative_slope", usual_slope)};
    if (const Json* slopes = json.find("negative_slopes");
        slopes != nullptr && activation.curve == Curve::prelu)
        activation.slopes = numbers(*slopes, place + ": \"negative_slopes\"");
    if (activation.curve == Curve::leaky_hard_tanh) {
        activation.minimum = parameter("min_val", -1.0F);
        activation.maximum = parameter("max_val", 1.0F);
        activation.slope_below = parameter("min_slope", usual_slope);
        activation.slope_above = parameter("max_slope", usual_slope);
    }
    return activation;
}

} // namespace tonecast::captures
