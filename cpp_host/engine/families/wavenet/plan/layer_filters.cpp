#include "engine/families/wavenet/plan/layer_filters.h"

namespace tonecast::wavenet {

LayerFilters take_layer(WeightSource& weights, const LayerArray& array, const Layer& layer,
                        const std::string& name) {
    const int inner = array.bottleneck * (layer.gating == Gating::none ? 1 : 2);
    const int head1x1_outs = array.head1x1 ? array.head1x1->out_channels : 0;
    LayerFilters filters{take_filter(weights, name + "conv", inner, array.channels,
                                     layer.kernel_size, array.groups_input, true),
                         take_filter(weights, name + "mixin", inner, array.condition_size, 1,
                                     array.groups_mixin, false),
                         {},
                         {},
                         {}};
    if (array.layer1x1)
        filters.layer1x1 = take_filter(weights, name + "layer1x1", array.channels, array.bottleneck,
                                       1, array.layer1x1->groups, true);
    if (array.head1x1)
        filters.head1x1 = take_filter(weights, name + "head1x1", head1x1_outs, array.bottleneck, 1,
                                      array.head1x1->groups, true);
    const int rows[film_places] = {array.channels,
                                   inner,
                                   array.condition_size,
                                   inner,
                                   inner,
                                   array.bottleneck,
                                   array.layer1x1 ? array.channels : 0,
                                   head1x1_outs};
    for (std::size_t place = 0; place < film_places; ++place) {
        const std::optional<Film>& film = array.films[place];
        if (film && rows[place] > 0)
            filters.films[place] = take_filter(weights, name + "films." + film_names[place],
                                               rows[place] * (film->shift ? 2 : 1),
                                               array.condition_size, 1, film->groups, true);
    }
    return filters;
}

} // namespace tonecast::wavenet
