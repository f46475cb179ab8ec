#include "engine/families/wavenet/config.h"

#include "engine/error.h"
#include "engine/families/wavenet/config/read_parts.h"

#include <algorithm>
#include <memory>

namespace tonecast::wavenet {

namespace {

constexpr int longest_impulse_response = 1 << 17;
constexpr int deepest_condition = 4;
constexpr int most_conditions = 16;
constexpr std::size_t most_post_convolutions = 16;

PostHead read_post_head(const Fields& in, int channels, Extent& extent) {
    PostHead head;
    const Json::Array& convolutions = in.list("convolutions", most_post_convolutions);
    for (std::size_t i = 0; i < convolutions.size(); ++i) {
        head.activation = read_activation(in.object("activation"), channels);
        const Fields here = in.element("convolutions", convolutions, i);
        const int outs = here.integer("out_channels", 1, most_channels);
        head.convolutions.push_back({outs, here.integer("kernel_size", 1, longest_kernel)});
        extent.add(outs, channels, head.convolutions.back().kernel_size, 1, 1);
        channels = outs;
    }
    return head;
}

int out_channels(const WaveNet& network) {
    return network.head ? network.head->convolutions.back().out_channels
                        : network.arrays.back().head.out_channels;
}

WaveNet read_wavenet(const Fields& in, int depth, Extent& extent) {
    WaveNet network;
    int condition_size = 1;
    if (in.has("conditions"))
        network.conditions = in.integer("conditions", 0, most_conditions);
    if (in.has("zero_padding"))
        network.zero_padding = in.boolean("zero_padding");
    if (!in.is_null("condition")) {
        if (depth == deepest_condition)
            in.fail("condition", "is nested too deeply");
        network.condition = std::make_shared<const WaveNet>(
            read_wavenet(in.object("condition"), depth + 1, extent));
        condition_size = out_channels(*network.condition);
    }
    if (network.conditions > 0 && (network.condition || depth > 0))
        in.fail("conditions", "must be 0 in and beside a condition network");
    if (network.zero_padding && depth > 0)
        in.fail("zero_padding", "is for the whole network, not for its condition network");
    condition_size += network.conditions;
    const Json::Array& arrays = in.list("arrays", most_layers);
    int channels = 1;
    for (std::size_t i = 0; i < arrays.size(); ++i) {
        const Fields here = in.element("arrays", arrays, i);
        const LayerArray array = read_array(here, extent);
        if (array.input_size != channels)
            here.fail("input_size",
                      "must be the " + std::to_string(channels) + " channels of what comes before");
        if (array.condition_size != condition_size)
            here.fail("condition_size", "must be the " + std::to_string(condition_size) +
                                            " channels of the condition");
        if (i > 0 && network.arrays.back().head.out_channels != head_width(array))
            in.element("arrays", arrays, i - 1)
                .object("head")
                .fail("out_channels", "must be the " + std::to_string(head_width(array)) +
                                          " channels that the next array's layers add up");
        channels = array.channels;
        network.arrays.push_back(array);
    }
    if (!in.is_null("head"))
        network.head =
            read_post_head(in.object("head"), network.arrays.back().head.out_channels, extent);
    return network;
}

} // namespace

WaveNet read_wavenet(const Json& network) {
    Extent extent;
    WaveNet found = read_wavenet(Fields(network, ""), 0, extent);
    if (out_channels(found) != 1)
        throw Error("network: its last out_channels must be 1, the sound");
    return found;
}

ConvNet read_convnet(const Json& network) {
    const Fields in(network, "");
    Extent extent;
    ConvNet found;
    found.channels = in.integer("channels", 1, most_channels);
    const Json::Array& dilations = in.list("dilations", most_layers);
    for (const Json& dilation : dilations) {
        const double* const number = dilation.number();
        if (number == nullptr || *number != static_cast<double>(static_cast<int>(
                                                std::clamp(*number, 1.0, 1.0 * longest_dilation))))
            in.fail("dilations",
                    "must be whole numbers from 1 to " + std::to_string(longest_dilation));
        found.dilations.push_back(static_cast<int>(*number));
        extent.add(found.channels, found.channels, 2, found.dilations.back(), 1);
    }
    found.groups = in.integer("groups", 1, 1); // the first convolution hears one channel
    found.activation = read_activation(in.object("activation"), found.channels);
    return found;
}

Linear read_linear(const Json& network) {
    const Fields in(network, "");
    return {in.integer("receptive_field", 1, longest_impulse_response), in.boolean("bias")};
}

} // namespace tonecast::wavenet
