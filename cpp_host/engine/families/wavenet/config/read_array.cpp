#include "engine/families/wavenet/config/activation_names.h"
#include "engine/families/wavenet/config/read_parts.h"

#include <algorithm>
#include <iterator>

namespace tonecast::wavenet {

namespace {

Layer read_layer(const Fields& in, int bottleneck) {
    Layer layer;
    layer.kernel_size = in.integer("kernel_size", 1, longest_kernel);
    layer.dilation = in.integer("dilation", 1, longest_dilation);
    layer.activation = read_activation(in.object("activation"), bottleneck);
    const auto* const gating = std::ranges::find(gating_names, in.text("gating"));
    if (gating == std::end(gating_names))
        in.fail("gating", "must be none, gated or blended");
    layer.gating = static_cast<Gating>(gating - std::begin(gating_names));
    layer.gate_activation = read_activation(in.object("gate_activation"), bottleneck);
    return layer;
}

ArrayHead read_head(const Fields& in) {
    return {in.integer("out_channels", 1, most_channels),
            in.integer("kernel_size", 1, longest_kernel),
            in.integer("dilation", 1, longest_dilation), in.boolean("bias")};
}

std::array<std::optional<Film>, film_places>
read_films(const Fields& in, const Json::Object& members, const LayerArray& array) {
    const bool doubled = std::ranges::all_of(
        array.layers, [](const Layer& layer) { return layer.gating != Gating::none; });
    const int inner = array.bottleneck * (doubled ? 2 : 1);
    const int rows[film_places] = {
        array.channels,   inner,          array.condition_size, inner, inner,
        array.bottleneck, array.channels, head_width(array)};
    std::array<std::optional<Film>, film_places> films;
    for (const Json::Member& member : members) {
        const auto* const place = std::ranges::find(film_names, std::string_view(member.name));
        if (place == std::end(film_names))
            in.fail(member.name, "is no place of a FiLM");
        const auto i = static_cast<std::size_t>(place - std::begin(film_names));
        const Fields film = in.object(member.name);
        const bool shift = film.boolean("shift");
        films[i] =
            Film{shift, film.divisor("groups", array.condition_size, rows[i] * (shift ? 2 : 1))};
    }
    return films;
}

void add_to_extent(const LayerArray& array, Extent& extent) {
    extent.add(array.channels, array.input_size, 1, 1, 1);
    for (const Layer& layer : array.layers) {
        const int outs = array.bottleneck * (layer.gating == Gating::none ? 1 : 2);
        extent.add_layer();
        extent.add(outs, array.channels, layer.kernel_size, layer.dilation, array.groups_input);
        extent.add(outs, array.condition_size, 1, 1, array.groups_mixin);
        if (array.layer1x1)
            extent.add(array.channels, array.bottleneck, 1, 1, array.layer1x1->groups);
        if (array.head1x1)
            extent.add(head_width(array), array.bottleneck, 1, 1, array.head1x1->groups);
        for (const std::optional<Film>& film : array.films)
            if (film) // at most
                extent.add(4 * most_channels, array.condition_size, 1, 1, film->groups);
    }
    extent.add(array.head.out_channels, head_width(array), array.head.kernel_size,
               array.head.dilation, 1);
}

} // namespace

LayerArray read_array(const Fields& in, Extent& extent) {
    LayerArray array;
    array.input_size = in.integer("input_size", 1, most_channels);
    array.condition_size = in.integer("condition_size", 1, most_channels);
    array.channels = in.integer("channels", 1, most_channels);
    array.bottleneck = in.integer("bottleneck", 1, most_channels);
    array.groups_input = in.divisor("groups_input", array.channels, array.bottleneck);
    array.groups_mixin = in.divisor("groups_mixin", array.condition_size, array.bottleneck);
    if (!in.is_null("layer1x1"))
        array.layer1x1 =
            OneByOne{in.object("layer1x1").divisor("groups", array.bottleneck, array.channels)};
    else if (array.bottleneck != array.channels)
        in.fail("bottleneck", "must be the number of channels where layer1x1 is null");
    if (!in.is_null("head1x1")) {
        const Fields head = in.object("head1x1");
        const int outs = head.integer("out_channels", 1, most_channels);
        array.head1x1 = Head1x1{outs, head.divisor("groups", array.bottleneck, outs)};
    }
    const Json::Array& layers = in.list("layers", most_layers);
    for (std::size_t i = 0; i < layers.size(); ++i)
        array.layers.push_back(read_layer(in.element("layers", layers, i), array.bottleneck));
    array.films = read_films(in.object("films"), *in.value("films").object(), array);
    array.head = read_head(in.object("head"));
    add_to_extent(array, extent);
    return array;
}

} // namespace tonecast::wavenet
