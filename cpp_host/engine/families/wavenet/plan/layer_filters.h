#pragma once

#include "engine/families/wavenet/plan/planners.h"

#include <array>
#include <optional>
#include <string>

namespace tonecast::wavenet {

/// What a layer has, in the order of the file.
struct LayerFilters {
    Filter conv;
    Filter mixin;
    std::optional<Filter> layer1x1;
    std::optional<Filter> head1x1;
    std::array<std::optional<Filter>, film_places> films;
};

/// Throws what WeightSource throws.
LayerFilters take_layer(WeightSource& weights, const LayerArray& array, const Layer& layer,
                        const std::string& name);

} // namespace tonecast::wavenet
