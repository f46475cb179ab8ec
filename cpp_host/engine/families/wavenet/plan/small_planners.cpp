#include "engine/families/wavenet/plan/planners.h"

#include <utility>

namespace tonecast::wavenet {

Filter take_filter(WeightSource& weights, const std::string& name, int outs, int ins, int taps,
                   int groups, bool bias) {
    const auto rows = static_cast<std::size_t>(outs);
    Filter filter{outs, ins, taps, groups,
                  weights.take(name + ".weight", {rows, static_cast<std::size_t>(ins / groups),
                                                  static_cast<std::size_t>(taps)})};
    if (bias)
        filter.bias = weights.take(name + ".bias", {rows});
    return filter;
}

Plan plan(const ConvNet& network, WeightSource& weights, PlanBuilder builder) {
    constexpr int taps = 2;
    const int channels = network.channels;
    const Signal input = builder.add_signal(1);
    Signal through = builder.add_ring(1, taps, network.dilations.front());
    builder.modulate({input, {}, {}, {}, through, 1});
    for (std::size_t i = 0; i < network.dilations.size(); ++i) {
        const Filter filter =
            take_filter(weights, "blocks." + std::to_string(i) + ".conv", channels,
                        i == 0 ? 1 : channels, taps, network.groups, true);
        const bool last = i + 1 == network.dilations.size();
        const Signal next = last ? builder.add_signal(channels)
                                 : builder.add_ring(channels, taps, network.dilations[i + 1]);
        builder.convolve(filter, through, network.dilations[i], next);
        builder.shape(network.activation, next, next, channels);
        through = next;
    }
    const Signal output = builder.add_signal(1);
    builder.convolve(take_filter(weights, "head", 1, channels, 1, 1, true), through, 1, output);
    return builder.finish(input, output, receptive_field_samples(network));
}

Plan plan(const Linear& network, WeightSource& weights, PlanBuilder builder) {
    const Signal input = builder.add_signal(1);
    const Signal output = builder.add_signal(1);
    const Signal past = builder.add_ring(1, network.receptive_field, 1);
    builder.modulate({input, {}, {}, {}, past, 1});
    builder.convolve(take_filter(weights, "conv", 1, 1, network.receptive_field, 1, network.bias),
                     past, 1, output);
    return builder.finish(input, output, network.receptive_field);
}

} // namespace tonecast::wavenet
