// Shapes as texts, and what comes of them.

#include "engine/families/recurrent/config.h"
#include "engine/families/recurrent/load.h"
#include "tests/check.h"

#include <string>
#include <vector>

using namespace tonecast::recurrent;
using tonecast::Json;

namespace {

constexpr const char* small =
    R"({"layers": [{"type": "lstm", "input_size": 2, "hidden_size": 3}, )"
    R"({"type": "gru", "input_size": 3, "hidden_size": 2}, )"
    R"({"type": "dense", "input_size": 2, "output_size": 1, "activation": "elu"}], )"
    R"("skip": true, "input_gain": 0.5, "output_gain": -2, "prewarm_samples": 48})";

/// `small` with something else in one place.
std::string changed(const std::string& from, const std::string& to) {
    std::string text = small;
    return text.replace(text.find(from), from.size(), to);
}

Recurrent read(const std::string& text) {
    return read_recurrent(Json::parse(text));
}

/// Keeps what it was asked for.
class Asked : public tonecast::WeightSource {
public:
    std::vector<float> take(const std::string& name,
                            std::initializer_list<std::size_t> shape) override {
        std::string text = name + " [";
        std::size_t count = 1;
        for (const std::size_t size : shape) {
            text += (text.back() == '[' ? "" : ",") + std::to_string(size);
            count *= size;
        }
        tensors.push_back(text + "]");
        weights += count;
        return std::vector<float>(count, 0.1F);
    }

    std::vector<std::string> tensors;
    std::size_t weights = 0;
};

/// Layers of 512 cells, and one output.
Recurrent wide(int layers) {
    Recurrent network;
    for (int i = 0; i < layers; ++i)
        network.layers.push_back({Kind::lstm, i == 0 ? 1 : 512, 512});
    network.layers.push_back({Kind::dense, 512, 1});
    return network;
}

} // namespace

TEST(a_recurrent_shape_that_is_written_reads_back_the_same) {
    CHECK(write(read(small)) == small);
    CHECK(read(small).conditions() == 1);
    for (const char* const curve : {"none", "tanh", "relu", "sigmoid"}) {
        const std::string text = changed("elu", curve);
        CHECK(write(read(text)) == text);
    }
}

TEST(a_recurrent_shape_that_is_none_is_refused_by_the_name_of_its_field) {
    const auto refuses = [](const std::string& from, const std::string& to,
                            const std::string& says) {
        CHECK_THROWS_WITH(read(changed(from, to)), says);
    };
    refuses(R"("hidden_size": 3)", R"("hidden_size": 513)",
            "layer 1: \"hidden_size\" must be an integer between 1 and 512");
    refuses(R"("hidden_size": 2)", R"("hidden_size": 0)", "layer 2: \"hidden_size\"");
    refuses(R"("hidden_size": 2)", R"("hidden_size": "2")", "layer 2: \"hidden_size\"");
    refuses(R"(, "hidden_size": 2)", "", "layer 2: \"hidden_size\" is missing");
    refuses(R"("input_size": 3)", R"("input_size": 4)",
            "layer 2: \"input_size\" must be 3, what the layer before gives");
    refuses(R"("input_size": 2)", R"("input_size": 10)", "at most 9 inputs");
    refuses("gru", "rnn", "layer 2: \"type\" must be one of \"lstm\", \"gru\", \"dense\"");
    refuses("elu", "swish", "layer 3: \"activation\" must be one of");
    refuses(R"("output_size": 1)", R"("output_size": 2)", "the last layer must give one output");
    refuses("true", "1", "\"skip\" must be true or false");
    refuses(R"("skip": true, )", "", "\"skip\" is missing");
    refuses("0.5", "1e7", "\"input_gain\"");
    refuses("-2", "null", "\"output_gain\"");
    refuses("48}", "1048577}", "\"prewarm_samples\" must be an integer between 0 and 1048576");
    refuses("48}", "-1}", "\"prewarm_samples\"");
    CHECK_THROWS_WITH(
        read_recurrent(Json::parse(
            R"({"layers": [{"type": "lstm", "input_size": 1, "hidden_size": 512},)"
            R"({"type": "dense", "input_size": 512, "output_size": 1, "activation": "none"}],)"
            R"("skip": false, "input_gain": 1, "output_gain": 1, "prewarm_samples": 1000000})")),
        "\"prewarm_samples\" are too many for so large a network");
    CHECK_THROWS_WITH(read("[]"), "recurrent network: the whole must be a JSON object");
    CHECK_THROWS_WITH(read(R"({"layers": []})"), "\"layers\" must be 1 to 16");
    CHECK_THROWS_WITH(read(R"({"layers": 3})"), "\"layers\" must be a list");
    CHECK_THROWS_WITH(read(write(wide(16))), "\"layers\" must be 1 to 16");
}

TEST(a_recurrent_network_of_too_many_weights_is_refused) {
    CHECK(read(write(wide(8))).layers.size() == 9);
    CHECK_THROWS_WITH(read(write(wide(9))), "\"layers\" have more than 16777216 weights");
}

TEST(a_recurrent_network_is_loaded_by_the_names_of_its_tensors) {
    Asked asked;
    const auto network = load(Json::parse(small), asked, {});
    const std::vector<std::string> wanted{
        "layers.0.weight_ih [12,2]", "layers.0.weight_hh [12,3]",   "layers.0.bias_ih [12]",
        "layers.0.bias_hh [12]",     "layers.0.initial_hidden [3]", "layers.0.initial_cell [3]",
        "layers.1.weight_ih [6,3]",  "layers.1.weight_hh [6,2]",    "layers.1.bias_ih [6]",
        "layers.1.bias_hh [6]",      "layers.1.initial_hidden [2]", "layers.2.weight [1,2]",
        "layers.2.bias [1]"};
    CHECK(asked.tensors == wanted);
    CHECK(network->conditions() == 1);
    CHECK(network->prewarm_samples() == 48);
    CHECK_THROWS_WITH(network->make_stream(0), "at least one channel");
}

TEST(a_recurrent_network_is_not_loaded_for_what_cannot_play_it) {
    Asked asked;
    CHECK_THROWS_WITH(load(Json::parse(small), asked, {.instruction_set = "mmx"}),
                      "this machine runs no kernel for \"mmx\"");
    for (const int oversampling : {-2, 0, 17})
        CHECK_THROWS_WITH(load(Json::parse(small), asked, {.oversampling = oversampling}),
                          "oversampling must be 1 to 16, not " + std::to_string(oversampling));
    CHECK(load(Json::parse(small), asked, {.oversampling = 16})->make_stream(2) != nullptr);
}
