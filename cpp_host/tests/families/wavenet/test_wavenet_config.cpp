// Shapes as texts, and what comes of them.

#include "engine/families/wavenet/load.h"
#include "engine/families/wavenet/slim.h"
#include "tests/check.h"
#include "tests/families/wavenet/streams.h"

#include <algorithm>

using namespace random_wavenet;
using namespace tonecast::wavenet;
using tonecast::Json;

namespace {

constexpr const char* small =
    R"({"arrays":[{"input_size":1,"condition_size":1,"channels":2,"bottleneck":2,)"
    R"("groups_input":1,"groups_mixin":1,"layers":[{"kernel_size":3,"dilation":4,)"
    R"("activation":{"type":"LeakyReLU","negative_slope":0.01},"gating":"gated",)"
    R"("gate_activation":{"type":"Sigmoid"}}],"layer1x1":{"groups":1},)"
    R"("head1x1":{"out_channels":3,"groups":1},"films":{"conv_post":{"shift":true,"groups":1}},)"
    R"("head":{"out_channels":1,"kernel_size":1,"dilation":1,"bias":true}}],)"
    R"("head":{"activation":{"type":"Tanh"},)"
    R"("convolutions":[{"out_channels":1,"kernel_size":5}]},"condition":null})";

/// `small` with something else in one place.
std::string changed(const std::string& from, const std::string& to) {
    std::string text = small;
    return text.replace(text.find(from), from.size(), to);
}

WaveNet read(const std::string& text) {
    return read_wavenet(Json::parse(text));
}

/// The weights of a network of which only some channels are heard.
class PartlyHeard : public tonecast::WeightSource {
public:
    PartlyHeard(RandomWeights& weights, const WaveNet& smaller)
        : weights_(weights), smaller_(smaller) {}

    std::vector<float> take(const std::string& name,
                            std::initializer_list<std::size_t> shape) override {
        std::vector<float> all = weights_.take(name, shape);
        if (shape.size() != 3)
            return all;
        const auto a = static_cast<std::size_t>(name.at(std::string("arrays.").size()) - '0');
        const LayerArray& array = smaller_.arrays[a];
        const bool is_one_of_channels = name.find(".conv.") != std::string::npos;
        const int heard = name.find(".rechannel.") != std::string::npos ? array.input_size
                          : name.find(".mixin.") != std::string::npos   ? array.condition_size
                          : is_one_of_channels                          ? array.channels
                                                                        : array.bottleneck;
        const std::size_t columns = shape.begin()[1];
        const std::size_t taps = shape.begin()[2];
        for (std::size_t i = 0; i < all.size(); ++i)
            if (i / taps % columns >= static_cast<std::size_t>(heard))
                all[i] = 0.0F;
        return all;
    }

private:
    RandomWeights& weights_;
    const WaveNet& smaller_;
};

} // namespace

TEST(what_is_written_reads_back_the_same) {
    CHECK(write(read(small)) == small);
    for (unsigned seed = 1; seed <= 60; ++seed) {
        const std::string text = write(random_network(seed, static_cast<int>(seed % 3)));
        CHECK(write(read(text)) == text);
    }
    std::mt19937 random(1);
    for (int i = 0; i < 30; ++i) {
        const std::string text = write(ConvNet{3, {1, 7}, 1, random_activation(random, 3)});
        CHECK(write(read_convnet(Json::parse(text))) == text);
    }
    const std::string linear = R"({"receptive_field":131072,"bias":true})";
    CHECK(write(read_linear(Json::parse(linear))) == linear);
}

TEST(receptive_fields_are_those_of_the_known_shapes) {
    CHECK(receptive_field_samples(a1(16)) == 4093);
    CHECK(receptive_field_samples(a2(8)) == 6347);
    CHECK(receptive_field_samples(read(small)) == 1 + 8 + 4);
    CHECK(receptive_field_samples(ConvNet{4, {1, 2, 4}}) == 8);
}

TEST(a_shape_that_is_none_is_refused_by_the_name_of_its_field) {
    const auto refuses = [](const std::string& from, const std::string& to,
                            const std::string& says) {
        CHECK_THROWS_WITH(read(changed(from, to)), says);
    };
    refuses(R"("channels":2)", R"("channels":257)",
            "network: arrays[0].channels must be a whole number from 1 to 256");
    refuses(R"("channels":2,)", "", "arrays[0].channels is missing");
    refuses(R"("kernel_size":3)", R"("kernel_size":2.5)", "arrays[0].layers[0].kernel_size");
    refuses(R"("dilation":4)", R"("dilation":0)", "arrays[0].layers[0].dilation");
    refuses("LeakyReLU", "Snake", "arrays[0].layers[0].activation.type is an activation");
    refuses("\"gated\"", "\"open\"", "arrays[0].layers[0].gating must be none, gated or blended");
    refuses(R"("layer1x1":{"groups":1})", R"("layer1x1":{"groups":3})",
            "arrays[0].layer1x1.groups");
    refuses(R"("bottleneck":2)", R"("bottleneck":"2")", "arrays[0].bottleneck");
    refuses(R"("bottleneck":2,"groups_input":1,"groups_mixin":1)",
            R"("bottleneck":4,"groups_input":2,"groups_mixin":2)", "arrays[0].groups_mixin");
    refuses("conv_post", "conv_past", "arrays[0].films.conv_past is no place of a FiLM");
    refuses(R"("shift":true)", R"("shift":1)",
            "arrays[0].films.conv_post.shift must be true or false");
    refuses(R"("input_size":1)", R"("input_size":2)", "arrays[0].input_size");
    refuses(R"("condition_size":1)", R"("condition_size":2)", "arrays[0].condition_size");
    refuses("null", R"(null,"conditions":1)",
            "arrays[0].condition_size must be the 2 channels of the condition");
    refuses("null", R"(null,"conditions":17)", "conditions must be a whole number from 0 to 16");
    refuses("null", std::string(small) + R"(,"conditions":1)",
            "conditions must be 0 in and beside a condition network");
    refuses(R"([{"out_channels":1,"kernel_size":5}])", R"([{"out_channels":2,"kernel_size":5}])",
            "out_channels must be 1");
    refuses(R"("dilation":4)", R"("dilation":1048576)", "more than 2097152 samples");
    CHECK_THROWS_WITH(read("[]"), "network: the whole must be a JSON object");
    CHECK_THROWS_WITH(
        read_convnet(Json::parse(R"({"channels":2,"dilations":[1,0],"groups":1,"activation":{}})")),
        "dilations");
    CHECK_THROWS_WITH(read_linear(Json::parse(R"({"receptive_field":131073,"bias":true})")),
                      "receptive_field");
    std::string deep = small;
    for (int i = 0; i < 5; ++i)
        deep = std::string(small).replace(std::string(small).rfind("null"), 4, deep);
    CHECK_THROWS_WITH(read(deep), "condition is nested too deeply");
}

TEST(what_would_be_too_much_is_refused) {
    LayerArray array = a1(16).arrays.front();
    array.head.out_channels = 1;
    array.layers.assign(257, {1, 1});
    CHECK_THROWS_WITH(read(write(WaveNet{{array}, {}, {}})), "arrays[0].layers must be a list");
    array.layers.assign(200, {1, 1});
    LayerArray second = array;
    second.input_size = array.channels;
    array.head.out_channels = array.channels;
    CHECK_THROWS_WITH(read(write(WaveNet{{array, second}, {}, {}})), "more than 256 layers");
    array.channels = array.bottleneck = 256;
    array.layers.assign(1, {300, 1});
    CHECK_THROWS_WITH(read(write(WaveNet{{array}, {}, {}})), "more than 16777216 weights");
}

TEST(a_network_is_loaded_by_the_names_of_its_tensors) {
    RandomWeights weights;
    const auto network = load("wavenet", Json::parse(small), weights, {});
    const std::vector<std::string> wanted{"arrays.0.rechannel.weight [2,1,1]",
                                          "arrays.0.layers.0.conv.weight [4,2,3]",
                                          "arrays.0.layers.0.conv.bias [4]",
                                          "arrays.0.layers.0.mixin.weight [4,1,1]",
                                          "arrays.0.layers.0.layer1x1.weight [2,2,1]",
                                          "arrays.0.layers.0.layer1x1.bias [2]",
                                          "arrays.0.layers.0.head1x1.weight [3,2,1]",
                                          "arrays.0.layers.0.head1x1.bias [3]",
                                          "arrays.0.layers.0.films.conv_post.weight [8,1,1]",
                                          "arrays.0.layers.0.films.conv_post.bias [8]",
                                          "arrays.0.head.weight [1,3,1]",
                                          "arrays.0.head.bias [1]",
                                          "head.0.weight [1,1,5]",
                                          "head.0.bias [1]",
                                          "head_scale [1]"};
    CHECK(weights.asked() == wanted);
    CHECK(network->prewarm_samples() == receptive_field_samples(read(small)));
    CHECK_THROWS_WITH(network->make_stream(0), "at least one channel");
    CHECK_THROWS_WITH(load("wavenets", Json::parse(small), weights, {}), "\"wavenets\"");
    CHECK_THROWS_WITH(load("wavenet", Json::parse(small), weights, {.instruction_set = "mmx"}),
                      "this machine runs no kernel for \"mmx\"");
    CHECK_THROWS_WITH(load("wavenet", Json::parse(small), weights, {.oversampling = 0}),
                      "oversampling must be 1 to 16, not 0");
    RandomWeights more;
    const auto conditioned = std::string(small).replace(std::string(small).rfind("null"), 4, small);
    load("wavenet", Json::parse(conditioned), more, {});
    CHECK(more.asked().front() == "condition.arrays.0.rechannel.weight [2,1,1]");
    CHECK(more.asked()[wanted.size() - 1] == "condition.head_scale [1]");
    CHECK(more.asked()[wanted.size()] == wanted.front());
}

TEST(a_network_that_remembers_long_plays) {
    LayerArray array = a1(4).arrays.front();
    array.head.out_channels = 1;
    array.layers.assign(1, {2, 1'000'000});
    const WaveNet network{{array}, {}, {}};
    RandomWeights weights;
    const auto loaded = load(network, weights, {});
    CHECK(loaded->prewarm_samples() == 1'000'001);
    std::vector<float> in(100);
    in[0] = 1.0F;
    std::vector<float> out = wavenet_streams::play(*loaded->make_stream(1), in);
    CHECK(out[0] != out[50]);
    CHECK(out[1] == out[50]);
    array.layers.assign(2, {2, 1'000'000});
    array.channels = array.bottleneck = 64;
    CHECK_THROWS_WITH(load(WaveNet{{array}, {}, {}}, weights, {}), "more than 256 MiB");
}

TEST(a_smaller_network_is_the_larger_one_with_some_channels_unheard) {
    WaveNet network = a1(8);
    network.arrays[0].bottleneck = 6;
    network.arrays[1].head1x1 = Head1x1{3, 1};
    network.arrays[0].head.out_channels = 3;
    const std::vector<std::vector<int>> allowed{{2, 4, 8}, {}};
    const std::vector<float> in = noise(5, 200, 0.5F);
    for (const float size : {0.0F, 0.3F, 0.5F, 0.67F, 1.0F}) {
        const WaveNet smaller = slim(network, size, allowed);
        CHECK(smaller.arrays[0].channels == (size < 0.33F ? 2 : size < 0.66F ? 4 : 8));
        CHECK(smaller.arrays[1].input_size == smaller.arrays[0].channels);
        RandomWeights weights;
        SlimmedWeights first(weights, network);
        PartlyHeard heard(weights, smaller);
        const auto found = wavenet_streams::play(*load(smaller, first, {})->make_stream(1), in);
        const auto wanted = wavenet_streams::play(*load(network, heard, {})->make_stream(1), in);
        for (std::size_t t = 0; t < in.size(); ++t)
            CHECK(std::abs(found[t] - wanted[t]) < 1e-5F);
    }
}

TEST(sizes_cut_all_arrays_and_what_joins_them) {
    const WaveNet smaller = slim(a1(16), 0.5F, {{4, 12, 16}, {2, 6, 8}});
    CHECK(smaller.arrays[0].channels == 12);
    CHECK(smaller.arrays[0].bottleneck == 12);
    CHECK(smaller.arrays[0].head.out_channels == 6);
    CHECK(smaller.arrays[1].input_size == 12);
    CHECK(smaller.arrays[1].head.out_channels == 1);
    RandomWeights weights;
    SlimmedWeights first(weights, a1(16));
    CHECK(load(smaller, first, {})->prewarm_samples() == 4093);
}

TEST(what_cannot_be_made_smaller_says_so) {
    const std::vector<std::vector<int>> allowed{{4, 8}};
    CHECK_THROWS_WITH(slim(a2(8), 0.0F, allowed), "an array head of several taps");
    CHECK(write(slim(a2(8), 1.0F, allowed)) == write(a2(8))); // its full size it has
    CHECK_THROWS_WITH(slim(a2(8), 2.0F, allowed), "size must be 0 to 1");
    CHECK_THROWS_WITH(slim(a2(8), 0.0F, {}), "each of the network's 1 arrays");
    CHECK_THROWS_WITH(slim(a2(8), 0.0F, {{4, 7}}), "allowed channels must ascend");
    const auto refused = [&](const std::function<void(LayerArray&)>& change,
                             const std::string& says) {
        WaveNet network = a1(8);
        change(network.arrays[0]);
        CHECK_THROWS_WITH(slim(network, 0.0F, {{4, 8}, {4}}), says);
    };
    refused([](LayerArray& array) { array.groups_input = 2; }, "groups of channels");
    refused([](LayerArray& array) { array.films[0] = Film{}; }, "FiLMs");
    refused([](LayerArray& array) { array.layers[0].gating = Gating::gated; }, "gates");
    WaveNet with_head = a1(8);
    with_head.head = PostHead{{}, {{1, 1}}};
    CHECK_THROWS_WITH(slim(with_head, 0.0F, {{4, 8}, {4}}), "a head after its arrays");
}
