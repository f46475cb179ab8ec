#include "engine/families/wavenet/config/activation_names.h"
#include "engine/families/wavenet/config/read_parts.h"

#include <algorithm>
#include <iterator>

namespace tonecast::wavenet {

Activation read_activation(const Fields& in, int channels) {
    const std::string& name = in.text("type");
    const auto* const found = std::ranges::find(curve_names, name, &CurveName::name);
    if (found == std::end(curve_names))
        in.fail("type", "is an activation that the kernels do not have");
    Activation activation{found->curve};
    if (activation.curve == Curve::leaky_relu) {
        activation.slopes = {in.number("negative_slope")};
    } else if (activation.curve == Curve::prelu) {
        const Json::Array& slopes = in.list("negative_slopes", most_channels);
        if (slopes.size() != 1 && slopes.size() != static_cast<std::size_t>(channels))
            in.fail("negative_slopes",
                    "must have 1 or " + std::to_string(channels) + " numbers, one a channel");
        for (const Json& slope : slopes) {
            if (!is_float(slope))
                in.fail("negative_slopes", "must be numbers");
            activation.slopes.push_back(static_cast<float>(*slope.number()));
        }
    } else if (activation.curve == Curve::leaky_hard_tanh) {
        activation.minimum = in.number("min_val");
        activation.maximum = in.number("max_val");
        activation.slope_below = in.number("min_slope");
        activation.slope_above = in.number("max_slope");
    }
    return activation;
}

} // namespace tonecast::wavenet
