#include "tests/families/wavenet/reference.h"

#include <algorithm>
#include <cmath>

namespace reference {

using namespace tonecast::wavenet;
using random_wavenet::RandomWeights;

namespace {

/// Group after group: row o, tap k of the group's input i is weights[(o · ins + i) · taps + k].
Rows convolve(const RandomWeights& weights, const std::string& name, const Rows& in, int outs,
              int taps = 1, int dilation = 1, int groups = 1) {
    const std::vector<float>& w = weights.of(name + ".weight");
    const std::size_t ins = in.size() / static_cast<std::size_t>(groups);
    const auto rows = static_cast<std::size_t>(outs);
    const auto count = static_cast<std::size_t>(taps);
    Rows out(rows, Samples(in.front().size()));
    for (std::size_t o = 0; o < rows; ++o) {
        const std::size_t first = o / (rows / static_cast<std::size_t>(groups)) * ins;
        for (std::size_t t = 0; t < out[o].size(); ++t) {
            double sum = 0.0;
            if (weights.has(name + ".bias"))
                sum = static_cast<double>(weights.of(name + ".bias")[o]);
            for (std::size_t i = 0; i < ins; ++i)
                for (std::size_t k = 0; k < count; ++k) {
                    const std::size_t ago = (count - 1 - k) * static_cast<std::size_t>(dilation);
                    if (ago <= t)
                        sum += static_cast<double>(w[(o * ins + i) * count + k]) *
                               in[first + i][t - ago];
                }
            out[o][t] = sum;
        }
    }
    return out;
}

double apply(const Activation& a, std::size_t channel, double x) {
    const double low = static_cast<double>(a.minimum);
    const double high = static_cast<double>(a.maximum);
    switch (a.curve) {
    case Curve::tanh:
        return std::tanh(x);
    case Curve::hard_tanh:
        return std::clamp(x, -1.0, 1.0);
    case Curve::relu:
        return std::max(x, 0.0);
    case Curve::leaky_relu:
    case Curve::prelu:
        return x > 0.0 ? x : x * static_cast<double>(a.slopes[a.slopes.size() == 1 ? 0 : channel]);
    case Curve::sigmoid:
        return 1.0 / (1.0 + std::exp(-x));
    case Curve::silu:
        return x / (1.0 + std::exp(-x));
    case Curve::hard_swish:
        return x * std::clamp(x + 3.0, 0.0, 6.0) / 6.0;
    case Curve::leaky_hard_tanh:
        return x < low    ? low + static_cast<double>(a.slope_below) * (x - low)
               : x > high ? high + static_cast<double>(a.slope_above) * (x - high)
                          : x;
    case Curve::softsign:
        return x / (1.0 + std::abs(x));
    }
    return x;
}

Rows shaped(const Activation& activation, Rows x) {
    for (std::size_t c = 0; c < x.size(); ++c)
        for (double& sample : x[c])
            sample = apply(activation, c, sample);
    return x;
}

Rows sum(Rows a, const Rows& b) {
    for (std::size_t c = 0; c < a.size(); ++c)
        for (std::size_t t = 0; t < a[c].size(); ++t)
            a[c][t] += b[c][t];
    return a;
}

/// One array of a network that plays.
struct Array {
    const LayerArray& shape;
    const RandomWeights& weights;
    const Rows& condition;
    std::string name;

    Rows film(FilmPlace place, const std::string& layer, Rows x) const {
        const auto i = static_cast<std::size_t>(place);
        const std::optional<Film>& film = shape.films[i];
        if (!film)
            return x;
        const std::size_t rows = x.size();
        const Rows made =
            convolve(weights, layer + "films." + film_names[i], condition,
                     static_cast<int>(rows) * (film->shift ? 2 : 1), 1, 1, film->groups);
        for (std::size_t c = 0; c < rows; ++c)
            for (std::size_t t = 0; t < x[c].size(); ++t)
                x[c][t] = x[c][t] * made[c][t] + (film->shift ? made[rows + c][t] : 0.0);
        return x;
    }

    Rows activated(const Layer& layer, const Rows& z) const {
        if (layer.gating == Gating::none)
            return shaped(layer.activation, z);
        const auto half = z.begin() + shape.bottleneck;
        const Rows first(z.begin(), half);
        const Rows gate = shaped(layer.gate_activation, Rows(half, z.end()));
        Rows out = shaped(layer.activation, first);
        for (std::size_t c = 0; c < out.size(); ++c)
            for (std::size_t t = 0; t < out[c].size(); ++t) {
                out[c][t] *= gate[c][t];
                if (layer.gating == Gating::blended)
                    out[c][t] += (1.0 - gate[c][t]) * first[c][t];
            }
        return out;
    }

    void play_layer(std::size_t l, Rows& v, Rows& head) const {
        const Layer& layer = shape.layers[l];
        const std::string here = name + "layers." + std::to_string(l) + ".";
        const int inner = shape.bottleneck * (layer.gating == Gating::none ? 1 : 2);
        const Rows convolved =
            film(FilmPlace::conv_post, here,
                 convolve(weights, here + "conv", film(FilmPlace::conv_pre, here, v), inner,
                          layer.kernel_size, layer.dilation, shape.groups_input));
        const Rows mixed =
            film(FilmPlace::mixin_post, here,
                 convolve(weights, here + "mixin", film(FilmPlace::mixin_pre, here, condition),
                          inner, 1, 1, shape.groups_mixin));
        const Rows z = film(FilmPlace::activation_pre, here, sum(convolved, mixed));
        const Rows a = film(FilmPlace::activation_post, here, activated(layer, z));
        const Rows out =
            !shape.head1x1
                ? a
                : film(FilmPlace::head1x1_post, here,
                       convolve(weights, here + "head1x1", a, shape.head1x1->out_channels, 1, 1,
                                shape.head1x1->groups));
        head = head.empty() ? out : sum(head, out);
        if (!shape.layer1x1)
            return;
        Rows residual =
            convolve(weights, here + "layer1x1", a, shape.channels, 1, 1, shape.layer1x1->groups);
        if (layer.gating == Gating::blended)
            residual = film(FilmPlace::layer1x1_post, here, residual);
        v = sum(v, residual);
    }
};

} // namespace

Rows play(const WaveNet& network, const RandomWeights& weights, const Rows& in,
          const std::string& prefix) {
    const Rows condition =
        network.condition ? play(*network.condition, weights, in, prefix + "condition.") : in;
    Rows v{in.front()};
    Rows head;
    for (std::size_t a = 0; a < network.arrays.size(); ++a) {
        const LayerArray& shape = network.arrays[a];
        const Array array{shape, weights, condition, prefix + "arrays." + std::to_string(a) + "."};
        v = convolve(weights, array.name + "rechannel", v, shape.channels);
        for (std::size_t l = 0; l < shape.layers.size(); ++l)
            array.play_layer(l, v, head);
        head = convolve(weights, array.name + "head", head, shape.head.out_channels,
                        shape.head.kernel_size, shape.head.dilation);
    }
    for (Samples& row : head)
        for (double& sample : row)
            sample *= static_cast<double>(weights.of(prefix + "head_scale").front());
    if (network.head)
        for (std::size_t j = 0; j < network.head->convolutions.size(); ++j)
            head = convolve(weights, prefix + "head." + std::to_string(j),
                            shaped(network.head->activation, head),
                            network.head->convolutions[j].out_channels,
                            network.head->convolutions[j].kernel_size);
    return head;
}

Rows play(const ConvNet& network, const RandomWeights& weights, const Rows& in) {
    Rows x = in;
    for (std::size_t i = 0; i < network.dilations.size(); ++i)
        x = shaped(network.activation, convolve(weights, "blocks." + std::to_string(i) + ".conv", x,
                                                network.channels, 2, network.dilations[i]));
    return convolve(weights, "head", x, 1);
}

Rows play(const Linear& network, const RandomWeights& weights, const Rows& in) {
    return convolve(weights, "conv", in, 1, network.receptive_field);
}

} // namespace reference
