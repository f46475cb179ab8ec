#include "engine/families/recurrent/config.h"

#include "engine/effect_file/json_fields.h"
#include "engine/effect_file/json_text.h"

#include <array>
#include <cstddef>
#include <string_view>
#include <utility>

namespace tonecast::recurrent {

namespace {

constexpr std::size_t max_layers = 16;
constexpr int max_size = 512;
constexpr std::size_t max_weights = std::size_t{1} << 24;
constexpr std::size_t max_prewarm_products = std::size_t{1} << 35; // three LSTMs of 80, a second
constexpr int max_prewarm_samples = 1 << 20;
constexpr double max_gain = 1e6;

constexpr std::array<std::pair<std::string_view, Curve>, 5> curves{{
    {"none", Curve::none},
    {"tanh", Curve::tanh},
    {"relu", Curve::relu},
    {"sigmoid", Curve::sigmoid},
    {"elu", Curve::elu},
}};

Layer read_layer(const JsonFields& fields) {
    Layer layer;
    layer.kind = fields.one_of<Kind>(
        "type", {{"lstm", Kind::lstm}, {"gru", Kind::gru}, {"dense", Kind::dense}});
    layer.input_size = fields.integer("input_size", 1, max_size);
    if (layer.kind != Kind::dense) {
        layer.output_size = fields.integer("hidden_size", 1, max_size);
        return layer;
    }
    layer.output_size = fields.integer("output_size", 1, max_size);
    layer.curve =
        fields.one_of<Curve>("activation", {curves[0], curves[1], curves[2], curves[3], curves[4]});
    return layer;
}

/// With what an lstm or gru begins, too: all that is read of a file.
std::size_t weights_of(const Layer& layer) {
    const auto ins = static_cast<std::size_t>(layer.input_size);
    const auto outs = static_cast<std::size_t>(layer.output_size);
    if (layer.kind == Kind::dense)
        return outs * (ins + 1);
    const std::size_t gates = layer.kind == Kind::lstm ? 4 : 3;
    const std::size_t states = layer.kind == Kind::lstm ? 2 : 1;
    return outs * (gates * (ins + outs + 2) + states);
}

std::string write(const Layer& layer) {
    const bool is_dense = layer.kind == Kind::dense;
    std::vector<std::pair<std::string, std::string>> members{
        {"type", json_text(is_dense                   ? "dense"
                           : layer.kind == Kind::lstm ? "lstm"
                                                      : "gru")},
        {"input_size", std::to_string(layer.input_size)},
        {is_dense ? "output_size" : "hidden_size", std::to_string(layer.output_size)}};
    if (is_dense)
        for (const auto& [name, curve] : curves)
            if (curve == layer.curve)
                members.emplace_back("activation", json_text(name));
    return json_object(members);
}

} // namespace

Recurrent read_recurrent(const Json& network) {
    const JsonFields fields(network, "", "recurrent network");
    Recurrent read;
    const Json::Array& layers = fields.array("layers");
    if (layers.empty() || layers.size() > max_layers)
        fields.fail("\"layers\" must be 1 to " + std::to_string(max_layers));
    std::size_t weights = 0;
    for (const Json& element : layers) {
        const JsonFields inside(element, "layer " + std::to_string(read.layers.size() + 1),
                                "recurrent network");
        const Layer layer = read_layer(inside);
        if (!read.layers.empty() && layer.input_size != read.layers.back().output_size)
            inside.fail(inside.shown("input_size") + " must be " +
                        std::to_string(read.layers.back().output_size) +
                        ", what the layer before gives");
        weights += weights_of(layer);
        if (weights > max_weights)
            fields.fail("\"layers\" have more than " + std::to_string(max_weights) + " weights");
        read.layers.push_back(layer);
    }
    if (read.layers.back().output_size != 1)
        fields.fail("the last layer must give one output, the sound");
    if (read.conditions() > 8)
        fields.fail("the first layer must have at most 9 inputs: the sound, and 8 knobs");
    read.skip = fields.flag("skip");
    read.input_gain = static_cast<float>(fields.number("input_gain", -max_gain, max_gain));
    read.output_gain = static_cast<float>(fields.number("output_gain", -max_gain, max_gain));
    read.prewarm_samples = fields.integer("prewarm_samples", 0, max_prewarm_samples);
    if (weights * static_cast<std::size_t>(read.prewarm_samples) > max_prewarm_products)
        fields.fail("\"prewarm_samples\" are too many for so large a network: loading would take "
                    "more than some seconds");
    return read;
}

std::string write(const Recurrent& network) {
    std::vector<std::string> layers;
    for (const Layer& layer : network.layers)
        layers.push_back(write(layer));
    return json_object({{"layers", json_array(layers)},
                        {"skip", network.skip ? "true" : "false"},
                        {"input_gain", json_text(double{network.input_gain})},
                        {"output_gain", json_text(double{network.output_gain})},
                        {"prewarm_samples", std::to_string(network.prewarm_samples)}});
}

} // namespace tonecast::recurrent
