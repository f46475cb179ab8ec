#include "tests/families/wavenet/random_wavenet.h"

#include <cmath>
#include <memory>

namespace random_wavenet {

using namespace tonecast::wavenet;

namespace {

int whole(std::mt19937& random, int lowest, int highest) {
    return lowest + static_cast<int>(random() % static_cast<unsigned>(highest - lowest + 1));
}

bool one_in(std::mt19937& random, int count) {
    return whole(random, 1, count) == 1;
}

int divisor(std::mt19937& random, int a, int b) {
    int found = whole(random, 1, 4);
    while (a % found != 0 || b % found != 0)
        --found;
    return found;
}

LayerArray random_array(std::mt19937& random, int input_size, int condition_size) {
    LayerArray array;
    array.input_size = input_size;
    array.condition_size = condition_size;
    array.channels = whole(random, 1, 17);
    if (!one_in(random, 4))
        array.layer1x1 = OneByOne{};
    array.bottleneck = array.layer1x1 && one_in(random, 2) ? whole(random, 1, 17) : array.channels;
    if (array.layer1x1)
        array.layer1x1->groups = divisor(random, array.bottleneck, array.channels);
    array.groups_input = divisor(random, array.channels, array.bottleneck);
    array.groups_mixin = divisor(random, condition_size, array.bottleneck);
    if (one_in(random, 2)) {
        const int outs = whole(random, 1, 12);
        array.head1x1 = Head1x1{outs, divisor(random, array.bottleneck, outs)};
    }
    if (one_in(random, 2))
        for (auto& film : array.films)
            if (one_in(random, 2))
                film = Film{one_in(random, 2), 1};
    const int layers = whole(random, 1, 4);
    for (int i = 0; i < layers; ++i)
        array.layers.push_back({one_in(random, 3) ? 1 : whole(random, 2, 16), whole(random, 1, 9),
                                random_activation(random, array.bottleneck),
                                static_cast<Gating>(whole(random, 0, 2)),
                                random_activation(random, array.bottleneck)});
    array.head = {whole(random, 1, 8), one_in(random, 2) ? 1 : whole(random, 2, 16),
                  whole(random, 1, 3), one_in(random, 2)};
    return array;
}

WaveNet random_network(std::mt19937& random, int outs, int depth, int knobs = 0) {
    WaveNet network;
    network.conditions = knobs;
    int conditions = 1 + knobs;
    if (knobs == 0 && depth < 2 && one_in(random, 4)) {
        conditions = whole(random, 1, 6);
        network.condition =
            std::make_shared<const WaveNet>(random_network(random, conditions, depth + 1));
    }
    const int arrays = whole(random, 1, 3);
    for (int a = 0; a < arrays; ++a) {
        LayerArray array =
            random_array(random, a == 0 ? 1 : network.arrays.back().channels, conditions);
        if (a > 0)
            network.arrays.back().head.out_channels =
                array.head1x1 ? array.head1x1->out_channels : array.bottleneck;
        network.arrays.push_back(array);
    }
    if (one_in(random, 3)) {
        network.head = PostHead{random_activation(random, 1), {}};
        for (int i = whole(random, 1, 3); i > 0; --i)
            network.head->convolutions.push_back(
                {i == 1 ? outs : whole(random, 1, 9), whole(random, 1, 7)});
    } else {
        network.arrays.back().head.out_channels = outs;
    }
    return network;
}

} // namespace

std::vector<float> noise(unsigned seed, int count, float size) {
    std::mt19937 random(seed);
    std::vector<float> values;
    for (int i = 0; i < count; ++i)
        values.push_back(size * (static_cast<float>(random()) / 2147483648.0F - 1.0F));
    return values;
}

std::vector<float> RandomWeights::take(const std::string& name,
                                       std::initializer_list<std::size_t> shape) {
    std::size_t count = 1;
    std::size_t ins = 0; // of each output
    std::string text;
    for (const std::size_t size : shape) {
        count *= size;
        ins = ins == 0 ? 1 : ins * size;
        text += (text.empty() ? "" : ",") + std::to_string(size);
    }
    asked_.push_back(name + " [" + text + "]");
    unsigned seed = 2166136261U; // FNV-1a
    for (const char c : name)
        seed = (seed ^ static_cast<unsigned char>(c)) * 16777619U;
    const bool is_film = name.find("films.") != std::string::npos;
    const float size = shape.size() > 1 ? 1.4F / std::sqrt(static_cast<float>(ins))
                       : is_film        ? 1.0F
                                        : 0.2F;
    std::vector<float> values = noise(seed, static_cast<int>(count), size);
    if (name.ends_with("head_scale"))
        values = {0.7F};
    taken_[name] = values;
    return values;
}

Activation random_activation(std::mt19937& random, int channels) {
    Activation activation{static_cast<Curve>(whole(random, 0, 9))};
    const auto slope = [&] { return 0.01F * static_cast<float>(whole(random, 1, 40)); };
    if (activation.curve == Curve::leaky_relu)
        activation.slopes = {slope()};
    if (activation.curve == Curve::prelu)
        for (int c = one_in(random, 2) ? 1 : channels; c > 0; --c)
            activation.slopes.push_back(slope());
    if (activation.curve == Curve::leaky_hard_tanh) {
        activation.minimum = -slope();
        activation.maximum = slope();
        activation.slope_below = slope();
        activation.slope_above = slope();
    }
    return activation;
}

WaveNet random_network(unsigned seed, int conditions) {
    std::mt19937 random(seed);
    return random_network(random, 1, 0, conditions);
}

WaveNet a1(int channels) {
    WaveNet network;
    for (int a = 0; a < 2; ++a) {
        LayerArray array;
        array.channels = array.bottleneck = a == 0 ? channels : channels / 2;
        array.input_size = a == 0 ? 1 : channels;
        array.layer1x1 = OneByOne{};
        for (int dilation = 1; dilation <= 512; dilation *= 2)
            array.layers.push_back({3, dilation});
        array.head = {a == 0 ? channels / 2 : 1, 1, 1, a == 1};
        network.arrays.push_back(array);
    }
    return network;
}

WaveNet a2(int channels) {
    LayerArray array;
    array.channels = array.bottleneck = channels;
    array.layer1x1 = OneByOne{};
    constexpr int dilations[] = {1,   3,   7, 17, 41, 101, 239, 1,  3,  7,   17, 41,
                                 101, 239, 1, 13, 1,  3,   7,   17, 41, 101, 239};
    for (int i = 0; i < 23; ++i)
        array.layers.push_back(
            {i == 14 || i == 15 ? 15 : 6, dilations[i], {Curve::leaky_relu, {0.01F}}});
    array.head = {1, 16, 1, true};
    WaveNet network;
    network.arrays.push_back(array);
    return network;
}

} // namespace random_wavenet
