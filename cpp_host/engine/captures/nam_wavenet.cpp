#include "engine/captures/nam_wavenet.h"

#include "engine/captures/nam.h"
#include "engine/captures/reading.h"

#include <string_view>
#include <utility>

namespace tonecast::captures {

namespace {

using namespace wavenet;

constexpr std::pair<std::string_view, FilmPlace> films[] = {
    {"conv_pre_film", FilmPlace::conv_pre},
    {"conv_post_film", FilmPlace::conv_post},
    {"input_mixin_pre_film", FilmPlace::mixin_pre},
    {"input_mixin_post_film", FilmPlace::mixin_post},
    {"activation_pre_film", FilmPlace::activation_pre},
    {"activation_post_film", FilmPlace::activation_post},
    {"layer1x1_post_film", FilmPlace::layer1x1_post},
    {"head1x1_post_film", FilmPlace::head1x1_post},
};

/// The i-th of a list with one for each layer; anything else holds for all of them.
const Json& of_layer(const Json& json, std::size_t i, std::size_t layers, const std::string& what) {
    const Json::Array* elements = json.array();
    if (elements == nullptr)
        return json;
    if (elements->size() != layers)
        throw Error("capture: " + what + " has " + std::to_string(elements->size()) +
                    " entries, \"dilations\" has " + std::to_string(layers));
    return (*elements)[i];
}

class ArrayReader {
public:
    ArrayReader(const Json& json, std::string place) : fields_(json, place), place_(place) {}

    LayerArray read() {
        LayerArray array;
        array.input_size = size("input_size");
        array.condition_size = size("condition_size");
        array.channels = size("channels");
        array.bottleneck = size("bottleneck", array.channels);
        array.groups_input = size("groups_input", 1);
        array.groups_mixin = size("groups_input_mixin", 1);
        array.layers = layers();
        if (!fields_.has("layer1x1"))
            array.layer1x1 = OneByOne{};
        else if (const Fields inside = part("layer1x1"); is_active(inside))
            array.layer1x1 = OneByOne{groups(inside)};
        if (fields_.has("head1x1"))
            if (const Fields inside = part("head1x1"); is_active(inside))
                array.head1x1 =
                    Head1x1{inside.integer("out_channels", 1, max_size), groups(inside)};
        for (const auto& [name, at] : films)
            array.films[static_cast<std::size_t>(at)] = film(name);
        array.head = head();
        return array;
    }

    /// Those that a slimmable array may have; empty where it is none.
    std::vector<int> allowed_channels(int channels) {
        if (!fields_.has("slimmable"))
            return {};
        const Fields slimmable = part("slimmable");
        if (slimmable.text("method") != "slice_channels_uniform")
            fields_.fail(slimmable.shown("method") + " must be \"slice_channels_uniform\"");
        if (slimmable.has("kwargs")) {
            const Fields inside(slimmable.required("kwargs"), slimmable.shown("kwargs"));
            if (inside.has("allowed_channels"))
                return inside.integers("allowed_channels", 1, channels);
        }
        std::vector<int> all;
        for (int count = 1; count <= channels; ++count)
            all.push_back(count);
        return all;
    }

private:
    std::vector<Layer> layers() {
        const std::vector<int> dilations = fields_.integers("dilations", 1, 1 << 20);
        if (fields_.has("kernel_size") == fields_.has("kernel_sizes"))
            fields_.fail(place_ + " must have either \"kernel_size\" or \"kernel_sizes\"");
        const Json& kernel = fields_.has("kernel_size") ? fields_.required("kernel_size")
                                                        : fields_.required("kernel_sizes");
        const Json& activation = fields_.required("activation");
        const Json none;
        const Json* gating = fields_.has("gating_mode") ? fields_.optional("gating_mode") : nullptr;
        const Json* gate =
            fields_.has("secondary_activation") ? fields_.optional("secondary_activation") : &none;
        const bool all_gated = gating == nullptr && fields_.has("gated") && fields_.flag("gated");

        std::vector<Layer> layers(dilations.size());
        for (std::size_t i = 0; i < layers.size(); ++i) {
            Layer& layer = layers[i];
            const auto own = [&](const Json& json, std::string_view name) -> const Json& {
                return of_layer(json, i, layers.size(), fields_.shown(name));
            };
            layer.dilation = dilations[i];
            layer.kernel_size = kernel_size(own(kernel, "kernel_sizes"));
            layer.activation =
                read_nam_activation(own(activation, "activation"), fields_.shown("activation"));
            if (gating != nullptr)
                layer.gating = gating_mode(own(*gating, "gating_mode"));
            else if (all_gated)
                layer.gating = Gating::gated;
            if (const Json& second = own(*gate, "secondary_activation");
                layer.gating != Gating::none && !second.is_null())
                layer.gate_activation =
                    read_nam_activation(second, fields_.shown("secondary_activation"));
        }
        return layers;
    }

    int kernel_size(const Json& json) const {
        const double* value = json.number();
        if (value == nullptr || *value < 1 || *value > max_size ||
            *value != static_cast<int>(*value))
            fields_.fail(fields_.shown("kernel_size") + " must be an integer from 1 to " +
                         std::to_string(max_size));
        return static_cast<int>(*value);
    }

    Gating gating_mode(const Json& json) const {
        const std::string* name = json.string();
        if (name != nullptr && *name == "none")
            return Gating::none;
        if (name != nullptr && *name == "gated")
            return Gating::gated;
        if (name != nullptr && *name == "blended")
            return Gating::blended;
        fields_.fail(fields_.shown("gating_mode") + " must be \"none\", \"gated\" or \"blended\"");
    }

    ArrayHead head() const {
        if (!fields_.has("head")) // before 0.6
            return {fields_.integer("head_size", 1, max_size), 1, 1, fields_.flag("head_bias")};
        const Fields inside = part("head");
        return {inside.integer("out_channels", 1, max_size),
                inside.integer("kernel_size", 1, max_size),
                inside.has("head_dilation") ? inside.integer("head_dilation", 1, 1 << 20) : 1,
                inside.flag("bias")};
    }

    std::optional<Film> film(std::string_view name) const {
        const Json* json = fields_.optional(name);
        if (json == nullptr || json->is_null() || (json->boolean() && !*json->boolean()))
            return std::nullopt;
        const Fields inside = part(name);
        if (!is_active(inside))
            return std::nullopt;
        return Film{!inside.has("shift") || inside.flag("shift"), groups(inside)};
    }

    Fields part(std::string_view name) const {
        return {fields_.required(name), fields_.shown(name)};
    }
    static bool is_active(const Fields& fields) {
        return !fields.has("active") || fields.flag("active");
    }
    static int groups(const Fields& fields) {
        return fields.has("groups") ? fields.integer("groups", 1, max_size) : 1;
    }
    int size(std::string_view name) const { return fields_.integer(name, 1, max_size); }
    int size(std::string_view name, int usual) const {
        return fields_.has(name) ? size(name) : usual;
    }

    Fields fields_;
    std::string place_;
};

PostHead read_post_head(const Fields& head) {
    PostHead post{read_nam_activation(head.required("activation"), head.shown("activation")), {}};
    const std::vector<int> sizes = head.integers("kernel_sizes", 1, max_size);
    for (std::size_t i = 0; i < sizes.size(); ++i) {
        const bool last = i + 1 == sizes.size();
        post.convolutions.push_back(
            {head.integer(last ? "out_channels" : "channels", 1, max_size), sizes[i]});
    }
    return post;
}

/// A network of its own, whose weights are appended.
WaveNet read_condition(const Json& model, std::vector<float>& weights) {
    const Fields fields(model, "\"condition_dsp\"");
    check_nam_version(fields);
    if (fields.text("architecture") != "WaveNet")
        fields.fail(fields.shown("architecture") + " must be WaveNet, no other can be played");
    // A condition of its own comes first, as with the network that it is for.
    WaveNet network = read_nam_wavenet(fields.required("config"), weights).network;
    append_numbers(fields.required("weights"), fields.shown("weights"), weights);
    return network;
}

} // namespace

NamWaveNet read_nam_wavenet(const Json& config, std::vector<float>& condition_weights) {
    const Fields fields(config, "\"config\"");
    NamWaveNet read;
    if (fields.has("in_channels") && fields.integer("in_channels", 1, max_size) != 1)
        fields.fail("\"config\": \"in_channels\" must be 1: captures are played mono in, mono out");
    fields.required("head_scale"); // its value is the last weight
    if (fields.has("condition_dsp"))
        read.network.condition = std::make_shared<WaveNet>(
            read_condition(fields.required("condition_dsp"), condition_weights));
    const Json::Array& arrays = fields.array("layers");
    for (std::size_t i = 0; i < arrays.size(); ++i) {
        ArrayReader array(arrays[i], "layer array " + std::to_string(i + 1));
        read.network.arrays.push_back(array.read());
        read.allowed_channels.push_back(
            array.allowed_channels(read.network.arrays.back().channels));
    }
    if (fields.has("head"))
        read.network.head = read_post_head(Fields(fields.required("head"), "\"head\""));
    return read;
}

} // namespace tonecast::captures
