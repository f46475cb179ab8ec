#include "engine/effect_file/effect_file.h"
#include "engine/error.h"
#include "tests/check.h"
#include "tests/effect_file/onnx_builder.h"
#include "tests/effect_file/valid_contract.h"

#include <filesystem>
#include <fstream>
#include <random>
#include <string>

using namespace tonecast;
using onnx::dynamic;
using onnx::field;

namespace {

struct Graph {
    std::string frame = field(11, onnx::value("frame", {dynamic, 8}));
    std::string gain = field(11, onnx::value("gain", {}));
    std::string low = field(11, onnx::value("low_hz", {}));
    std::string state = field(11, onnx::value("state.m", {dynamic, 3, 2}));
    std::string shared = field(11, onnx::value("state.s", {1}));
    std::string frame_out = field(12, onnx::value("frame_out", {dynamic, 8}));
    std::string next = field(12, onnx::value("state.m.next", {dynamic, 3, 2}));
    std::string shared_next = field(12, onnx::value("state.s.next", {1}));
    std::string nodes = field(1, onnx::node("Mul", {"frame", "gain"}, "frame_out")) +
                        field(1, onnx::node("Tanh", "state.m", "state.m.next")) +
                        field(1, onnx::node("Tanh", "state.s", "state.s.next"));
    std::string weights = field(5, onnx::tensor("weights", 2, "12345678"));
    std::string more;

    std::string bytes() const {
        return nodes + weights + frame + gain + low + state + shared + frame_out + next +
               shared_next + more;
    }
};

EffectFile parse(const std::string& graph) {
    return parse_effect_file(onnx::model(graph, valid_contract), "it.onnx");
}

} // namespace

TEST(a_valid_file_is_read) {
    const std::string graph = Graph().bytes();
    const EffectFile file = parse(graph);
    CHECK(file.name == "it.onnx");
    CHECK(file.contract.name == "test-effect");
    CHECK(file.contract_json == valid_contract);
    CHECK(file.graph() == graph);
    CHECK(file.states.size() == 2);
    CHECK(file.states[0].name == "state.m" && file.states[0].per_channel);
    CHECK((file.states[0].shape == std::vector<std::int64_t>{1, 3, 2}));
    CHECK(file.states[1].name == "state.s" && !file.states[1].per_channel);
    CHECK((file.states[1].shape == std::vector<std::int64_t>{1}));
}

TEST(a_second_sound_and_fixed_channels_are_inputs_of_the_graph) {
    const auto parse_with = [](const std::string& fields, const Graph& graph) {
        const std::string contract =
            changed(valid_contract, "\"version\": 1,",
                    "\"version\": 5, \"form\": \"frame\", " + fields + ", ");
        return parse_effect_file(onnx::model(graph.bytes(), contract), "it.onnx");
    };
    Graph keyed;
    keyed.more = field(11, onnx::value("sidechain", {dynamic, 8}));
    CHECK(parse_with("\"sidechain\": true", keyed).contract.has_sidechain);
    CHECK_THROWS_WITH(parse_with("\"sidechain\": true", Graph()),
                      "it.onnx: the graph's input \"sidechain\" is missing");
    CHECK_THROWS_WITH(parse_with("\"sidechain\": false", keyed),
                      "the graph's input \"sidechain\" is not in the contract");
    keyed.more = field(11, onnx::value("sidechain", {dynamic, 4}));
    CHECK_THROWS_WITH(parse_with("\"sidechain\": true", keyed),
                      "\"sidechain\" must be [channels, 8] with a dynamic first axis");

    Graph stereo;
    CHECK_THROWS_WITH(parse_with("\"channels\": 2", stereo), "\"frame\" must be [2, 8]");
    stereo.frame = field(11, onnx::value("frame", {2, 8}));
    stereo.frame_out = field(12, onnx::value("frame_out", {2, 8}));
    CHECK(parse_with("\"channels\": 2", stereo).contract.channels == 2);
    CHECK_THROWS_WITH(parse_with("\"channels\": 3", stereo), "\"frame\" must be [3, 8]");
    CHECK_THROWS_WITH(parse_with("\"channels\": null", stereo), "with a dynamic first axis");
}

TEST(a_predictor_is_read) {
    const std::string mean =
        field(1, onnx::node("ReduceMean", "audio", "mean")) +
        field(1, onnx::node("Reshape", {"mean", "one"}, "value")) +
        field(5, field(1, 1) + field(2, 7) + field(7, 1) + field(8, "one")); // int64 [1]
    const std::string audio = mean + field(11, onnx::value("audio", {dynamic, 11025}));
    const auto parse_with = [&](const std::string& value) {
        return parse_effect_file(onnx::model(audio + value, valid_predictor_contract), "it.onnx");
    };
    CHECK(parse_with(field(12, onnx::value("value", {1}))).contract.kind == Kind::predictor);
    CHECK_THROWS_WITH(parse_with(field(12, onnx::value("value", {2}))), "\"value\" must be [1]");

    const auto parse_for = [&](int channels, int samples) {
        const std::string graph = mean + field(11, onnx::value("audio", {channels, samples})) +
                                  field(12, onnx::value("value", {1}));
        return parse_effect_file(onnx::model(graph, valid_predictor_contract), "it.onnx");
    };
    CHECK(parse_for(2, 11025).contract.window_samples == 11025);
    CHECK_THROWS_WITH(parse_for(1, 11025), "\"audio\" must be [2, 11025]");
    CHECK_THROWS_WITH(parse_for(2, 11024), "\"audio\" must be [2, 11025]");
}

TEST(a_filter_effect_gives_curves_that_fit_its_sound) {
    const auto parse_with = [](const std::string& curve, const std::string& nodes) {
        const std::string graph = nodes + field(11, onnx::value("frame", {dynamic, 128})) +
                                  field(11, onnx::value("gain", {})) + field(12, curve);
        return parse_effect_file(onnx::model(graph, valid_filter_contract), "it.onnx");
    };
    // The curve: the first 9 samples times the gain.
    const std::string loud = field(1, onnx::node("Mul", {"frame", "gain"}, "loud"));
    const std::string nine =
        field(5, field(1, 1) + field(2, 7) + field(7, 9) + field(8, "nine")) +
        field(5, field(1, 1) + field(2, 7) + field(7, std::uint64_t{0}) + field(8, "zero")) +
        field(5, field(1, 1) + field(2, 7) + field(7, 1) + field(8, "one"));
    const std::string each =
        loud + nine + field(1, onnx::node("Slice", {"loud", "zero", "nine", "one"}, "gain_db"));
    const EffectFile file = parse_with(onnx::value("gain_db", {dynamic, 9}), each);
    CHECK(!file.is_linked);
    CHECK(file.contract.form == Form::filter);
    CHECK_THROWS_WITH(parse_with(onnx::value("gain_db", {dynamic, 8}), each),
                      "\"gain_db\" must be [channels or 1, 9]");
    CHECK_THROWS_WITH(parse_with(onnx::value("gain_db", {2, 9}), each), "has 2 curves");
    CHECK_THROWS_WITH(parse_with(onnx::value("frame_out", {dynamic, 128}), each),
                      "\"gain_db\" is missing");
}

TEST(a_graph_that_breaks_its_contract_is_refused) {
    const auto refused = [](std::string Graph::* part, const std::string& bytes, const char* why) {
        Graph graph;
        graph.*part = bytes;
        CHECK_THROWS_WITH(parse(graph.bytes()), std::string("it.onnx: ") + why);
    };
    refused(&Graph::frame, "", "the graph's input \"frame\" is missing");
    refused(&Graph::frame, field(11, onnx::value("frame", {dynamic, 16})),
            "the graph's input \"frame\" must be [channels, 8]");
    refused(&Graph::frame, field(11, onnx::value("frame", {2, 8})),
            "the graph's input \"frame\" must be [channels, 8] with a dynamic first axis");
    refused(&Graph::frame, field(11, onnx::value("frame", {dynamic, 8}, 11)),
            "the graph's input \"frame\" must be a float32 tensor");
    refused(&Graph::frame_out, field(12, onnx::value("frame_out", {dynamic, dynamic})),
            "the graph's output \"frame_out\" must be [channels, 8]");
    refused(&Graph::gain, "", "the graph's input \"gain\" is missing");
    refused(&Graph::gain, field(11, onnx::value("gain", {1})),
            "the graph's input \"gain\" must be a scalar");
    refused(&Graph::gain, field(11, field(1, "gain")),
            "the graph's input \"gain\" must be a float32 tensor of known rank");
    refused(&Graph::next, "", "the graph's output \"state.m.next\" is missing");
    refused(&Graph::next, field(12, onnx::value("state.m.next", {dynamic, 3, 3})),
            "the graph's output \"state.m.next\" must have the shape of its input");
    refused(&Graph::state, field(11, onnx::value("state.m", {2, 3, 2})),
            "the graph's input \"state.m\" must have channels (dynamic) or 1");
    refused(&Graph::state, field(11, onnx::value("state.m", {dynamic, dynamic})),
            "the graph's input \"state.m\" must have fixed sizes");
    refused(&Graph::state, field(11, onnx::value("state.m", {dynamic, 65536, 65536, 65536})),
            "the graph's input \"state.m\" must have fixed sizes");
    refused(&Graph::more, field(11, onnx::value("odd", {})),
            "the graph's input \"odd\" is not in the contract");
    refused(&Graph::more, field(12, onnx::value("odd", {})),
            "the graph's output \"odd\" is not in the contract");
    refused(&Graph::more, field(11, onnx::value("gain", {})),
            "the graph's input \"gain\" stands twice");
}

TEST(untrusted_file_can_do_no_more_than_make_sound) {
    const auto refused = [](const std::string& more, const char* why) {
        Graph graph;
        graph.more = more;
        CHECK_THROWS_WITH(parse(graph.bytes()), std::string("it.onnx: ") + why);
    };
    refused(field(1, onnx::node("Loop", "a", "b")), "it uses the operator Loop, which");
    refused(field(1, onnx::node("Mul", "a", "b") + field(7, "com.microsoft")),
            "it uses the operator com.microsoft.Mul, which");
    refused(field(1, field(4, "Mul\xFF\n")), "it uses the operator Mul? , which");
    refused(field(1, field(5, field(6, ""))), "a node in it carries a sub-graph");
    const std::string tensor = onnx::tensor("w", 2, "12345678");
    refused(field(5, tensor + field(14, 1)), "it keeps tensor data in another file");
    refused(field(5, tensor + field(13, field(1, "location"))),
            "it keeps tensor data in another file");
    refused(field(1, field(5, field(5, tensor + field(14, 1)))),
            "it keeps tensor data in another file");
    refused(field(5, onnx::tensor("w", 3, "12345678")), "tensor \"w\" is larger than its data");
    refused(field(5, onnx::tensor("w", std::uint64_t{1} << 40, "")), "a tensor in it has absurd");
    refused(field(5, tensor + field(1, ~std::uint64_t{0})), "a tensor in it has absurd");
    refused(field(5, tensor + field(1, 65536) + field(1, 65536)), "a tensor in it has absurd");
    refused(field(5, field(1, 1) + field(2, 8)), "tensor \"\" has an element type");
    refused(field(15, ""), "it holds a sparse tensor");
    refused(field(13, ""), "it states shapes of tensors inside of the graph");
    // What the protobuf library would read otherwise: the last of two types, a number of another
    // wire type, a type that no attribute has, half a number.
    refused(field(11, onnx::value("odd", {}) + field(2, field(4, ""))), "it is not an ONNX file");
    refused(field(11, field(1, "odd") + field(2, field(1, field(1, 1)) + field(4, ""))),
            "it is not an ONNX file, or a damaged one (it holds a type twice)");
    refused(field(1, field(5, field(7, 1))), "it is not an ONNX file, or a damaged one (a field");
    refused(field(1, field(5, field(7, "12345"))), "it is not an ONNX file");
    refused(field(1, field(5, field(20, 258))), "it is not an ONNX file");
    refused(field(1, field(5, field(5, tensor) + field(5, tensor))), "it is not an ONNX file");
    refused(field(5, field(1, 1) + field(2, 1) + field(4, 1)), "it is not an ONNX file");
    refused(field(1, field(8, "overload")), "a node in it calls a function of the file");
    refused(field(1, field(5, field(21, "outer"))), "a node in it carries an attribute that no");

    const std::string model = onnx::model(Graph().bytes(), valid_contract);
    const auto refused_model = [](const std::string& bytes, const char* why) {
        CHECK_THROWS_WITH(parse_effect_file(bytes, "it.onnx"), std::string("it.onnx: ") + why);
    };
    refused_model(model + field(25, ""), "it defines functions of its own");
    refused_model(model + field(20, ""), "it holds training information");
    // A second graph is merged into the first by ONNX Runtime: unchecked nodes would run.
    refused_model(model + field(7, field(1, onnx::node("Loop", "a", "b"))),
                  "it is not an ONNX file, or a damaged one (it holds a graph twice)");
    refused_model(model + field(14, field(1, "tonecast.contract") + field(2, valid_contract)),
                  "it holds two contracts");
}

TEST(tensor_data_may_be_raw_typed_or_packed) {
    const auto accepted = [](const std::string& tensor) {
        Graph graph;
        graph.weights = field(5, tensor + field(8, "weights"));
        return parse(graph.bytes()).contract.name == "test-effect";
    };
    const std::string float32 = field(2, 1);
    const std::string int64 = field(2, 7);
    CHECK(accepted(float32 + field(1, 2) + field(4, "12345678")));
    CHECK(accepted(int64 + field(1, 2) + field(7, onnx::varint(300) + onnx::varint(1))));
    CHECK(accepted(int64 + field(1, 2) + field(7, 300) + field(7, 1)));
    CHECK(accepted(float32 + field(1, onnx::varint(1) + onnx::varint(2)) + field(9, "12345678")));
    CHECK(accepted(float32 + field(1, std::uint64_t{0})));
    CHECK(accepted(float32 + field(9, "1234")));
    CHECK_THROWS_WITH(accepted(int64 + field(1, 3) + field(7, onnx::varint(300) + "\x01")),
                      "larger than its data");
    CHECK_THROWS_WITH(accepted(float32 + field(1, 1) + field(9, "12345678")),
                      "smaller than its data");
    CHECK_THROWS_WITH(accepted(int64 + field(1, 1) + field(7, 1) + field(9, "12345678")),
                      "data of two kinds");
}

TEST(non_onnx_file_is_refused) {
    CHECK_THROWS_WITH(parse_effect_file("RIFF\x24\x10\x01WAVEfmt ", "a.wav"),
                      "a.wav: it is not an ONNX file, or a damaged one");
    CHECK_THROWS_WITH(parse_effect_file("", "a"), "a: it is not an ONNX file");
    CHECK_THROWS_WITH(parse_effect_file(field(7, Graph().bytes()), "a"),
                      "a: it is an ONNX file without a contract");
}

TEST(a_file_cut_anywhere_is_read_or_refused) {
    const std::string whole = onnx::model(Graph().bytes(), valid_contract);
    int refused = 0;
    for (std::size_t size = 0; size < whole.size(); ++size) {
        try {
            // A copy of exactly that size: the address sanitizer then sees any read beyond it.
            parse_effect_file(std::string(whole.data(), size), "cut.onnx");
        } catch (const Error&) {
            ++refused;
        }
    }
    CHECK(refused == static_cast<int>(whole.size()));
}

TEST(a_file_with_flipped_bits_is_read_or_refused) {
    const std::string whole = onnx::model(Graph().bytes(), valid_contract);
    std::mt19937 random(20260501);
    int refused = 0;
    for (int trial = 0; trial < 20'000; ++trial) {
        std::string damaged = whole;
        for (unsigned flips = 1 + random() % 4; flips > 0; --flips) {
            char& byte = damaged[random() % damaged.size()];
            byte = static_cast<char>(byte ^ (1U << (random() % 8)));
        }
        try {
            parse_effect_file(std::move(damaged), "flipped.onnx");
        } catch (const Error&) {
            ++refused;
        }
    }
    CHECK(refused > 10'000); // some flips only change a label
}

TEST(unreadable_file_is_refused_by_its_path) {
    const auto folder = std::filesystem::temp_directory_path() / "tonecast-test-effect-file";
    std::filesystem::remove_all(folder);
    std::filesystem::create_directories(folder);
    const auto path = folder / "effect.onnx";
    CHECK_THROWS_WITH(read_effect_file(path), path.string() + ": there is no such file");
    CHECK_THROWS_WITH(read_effect_file(folder), folder.string() + ": it is a folder");
    std::ofstream(path).close();
    CHECK_THROWS_WITH(read_effect_file(path), path.string() + ": it is empty");
    std::ofstream(path, std::ios::binary) << onnx::model(Graph().bytes(), valid_contract);
    CHECK(read_effect_file(path).name == path.string());
    std::filesystem::resize_file(path, std::uintmax_t{300} << 20); // sparse: costs no disk
    CHECK_THROWS_WITH(read_effect_file(path), path.string() + ": it is larger than 256 MiB");
    std::filesystem::remove_all(folder);
}
