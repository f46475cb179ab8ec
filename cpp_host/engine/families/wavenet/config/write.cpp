#include "engine/families/wavenet/config.h"
#include "engine/families/wavenet/config/activation_names.h"

#include <algorithm>
#include <locale>
#include <sstream>
#include <string_view>

namespace tonecast::wavenet {

namespace {

/// The shortest text that reads back as the same number.
std::string text(float number) {
    for (int digits = 6;; ++digits) {
        std::ostringstream out;
        out.imbue(std::locale::classic());
        out.precision(digits);
        out << number;
        std::istringstream in(out.str());
        in.imbue(std::locale::classic());
        float back = 0.0F;
        if (digits == 9 || (in >> back && back == number))
            return out.str();
    }
}
std::string text(int number) {
    return std::to_string(number);
}
std::string text(bool flag) {
    return flag ? "true" : "false";
}

std::string quoted(std::string_view word) {
    return "\"" + std::string(word) + "\"";
}

/// Members of a JSON object, whose values are JSON texts.
struct Member {
    std::string_view name;
    std::string value;
};

std::string object(const std::vector<Member>& members) {
    std::string all;
    for (const Member& member : members)
        all += (all.empty() ? "" : ",") + quoted(member.name) + ":" + member.value;
    return "{" + all + "}";
}

template <typename Elements, typename Write>
std::string list(const Elements& elements, Write write_one) {
    std::string all;
    for (const auto& element : elements)
        all += (all.empty() ? "" : ",") + write_one(element);
    return "[" + all + "]";
}

std::string write(const Activation& activation) {
    const auto* const found = std::ranges::find(curve_names, activation.curve, &CurveName::curve);
    std::vector<Member> members{{"type", quoted(found->name)}};
    if (activation.curve == Curve::leaky_relu) {
        members.push_back({"negative_slope", text(activation.slopes.front())});
    } else if (activation.curve == Curve::prelu) {
        members.push_back(
            {"negative_slopes", list(activation.slopes, [](float x) { return text(x); })});
    } else if (activation.curve == Curve::leaky_hard_tanh) {
        members.push_back({"min_val", text(activation.minimum)});
        members.push_back({"max_val", text(activation.maximum)});
        members.push_back({"min_slope", text(activation.slope_below)});
        members.push_back({"max_slope", text(activation.slope_above)});
    }
    return object(members);
}

std::string write(const Layer& layer) {
    return object({{"kernel_size", text(layer.kernel_size)},
                   {"dilation", text(layer.dilation)},
                   {"activation", write(layer.activation)},
                   {"gating", quoted(gating_names[static_cast<int>(layer.gating)])},
                   {"gate_activation", write(layer.gate_activation)}});
}

std::string write(const std::array<std::optional<Film>, film_places>& films) {
    std::vector<Member> members;
    for (std::size_t i = 0; i < films.size(); ++i)
        if (films[i])
            members.push_back({film_names[i], object({{"shift", text(films[i]->shift)},
                                                      {"groups", text(films[i]->groups)}})});
    return object(members);
}

std::string write(const LayerArray& array) {
    return object(
        {{"input_size", text(array.input_size)},
         {"condition_size", text(array.condition_size)},
         {"channels", text(array.channels)},
         {"bottleneck", text(array.bottleneck)},
         {"groups_input", text(array.groups_input)},
         {"groups_mixin", text(array.groups_mixin)},
         {"layers", list(array.layers, [](const Layer& layer) { return write(layer); })},
         {"layer1x1", array.layer1x1 ? object({{"groups", text(array.layer1x1->groups)}}) : "null"},
         {"head1x1", array.head1x1 ? object({{"out_channels", text(array.head1x1->out_channels)},
                                             {"groups", text(array.head1x1->groups)}})
                                   : "null"},
         {"films", write(array.films)},
         {"head", object({{"out_channels", text(array.head.out_channels)},
                          {"kernel_size", text(array.head.kernel_size)},
                          {"dilation", text(array.head.dilation)},
                          {"bias", text(array.head.bias)}})}});
}

std::string write(const PostHead& head) {
    return object({{"activation", write(head.activation)},
                   {"convolutions", list(head.convolutions, [](const auto& convolution) {
                        return object({{"out_channels", text(convolution.out_channels)},
                                       {"kernel_size", text(convolution.kernel_size)}});
                    })}});
}

} // namespace

std::string write(const WaveNet& network) {
    std::vector<Member> members{
        {"arrays", list(network.arrays, [](const LayerArray& array) { return write(array); })},
        {"head", network.head ? write(*network.head) : "null"},
        {"condition", network.condition ? write(*network.condition) : "null"}};
    if (network.conditions > 0) // as it was written before there were any
        members.push_back({"conditions", text(network.conditions)});
    if (network.zero_padding)
        members.push_back({"zero_padding", text(network.zero_padding)});
    return object(members);
}

std::string write(const ConvNet& network) {
    return object({{"channels", text(network.channels)},
                   {"dilations", list(network.dilations, [](int x) { return text(x); })},
                   {"groups", text(network.groups)},
                   {"activation", write(network.activation)}});
}

std::string write(const Linear& network) {
    return object(
        {{"receptive_field", text(network.receptive_field)}, {"bias", text(network.bias)}});
}

} // namespace tonecast::wavenet
