// What holds for all graphs. The rule of each operator is tested from Python, against the packages
// onnx and onnxruntime.

#include "engine/effect_file/graph_check/graph_check.h"
#include "engine/effect_file/graph_check/operators.h"
#include "engine/effect_file/onnx_graph.h"
#include "tests/check.h"
#include "tests/effect_file/onnx_builder.h"

#include <string>

using namespace tonecast;
using onnx::dynamic;
using onnx::field;

namespace {

/// A node with other attributes than float32: field 5 of NodeProto.
std::string attribute(const char* name, int value) {
    return field(5, field(1, name) + field(3, static_cast<std::uint64_t>(value)) + field(20, 2));
}

std::string node(const char* type, std::initializer_list<const char*> inputs, const char* output,
                 const std::string& attributes = "") {
    return field(1, onnx::node(type, inputs, output) + attributes);
}

std::string int64s(const char* name, std::initializer_list<std::uint64_t> values) {
    std::string numbers;
    for (const std::uint64_t value : values)
        numbers += field(7, value);
    return field(5, field(1, values.size()) + field(2, 7) + field(8, name) + numbers);
}

/// From "frame" to "frame_out", both [channels, 8].
void infer(const std::string& nodes, const std::string& operator_sets = field(8, field(2, 20))) {
    const std::string model = field(7, nodes + field(11, onnx::value("frame", {dynamic, 8})) +
                                           field(12, onnx::value("frame_out", {dynamic, 8}))) +
                              operator_sets;
    check_graph(read_onnx_graph(model), std::nullopt);
}

const std::string copy = node("Identity", {"frame"}, "frame_out");

} // namespace

TEST(operators_are_allowed_by_name) {
    for (const char* type : {"Abs", "Conv", "DFT", "GRU", "Gather", "MatMul", "Xor", "Where"}) {
        CHECK(find_operator("", type) != nullptr);
        CHECK(find_operator("ai.onnx", type) == find_operator("", type));
        CHECK(find_operator("com.microsoft", type) == nullptr);
    }
    for (const char* type : {"If", "Loop", "Scan", "RandomNormal", "ConstantOfShape", "Range",
                             "Tile", "Expand", "Resize", "NonZero", "Dropout", "abs", "", "A"})
        CHECK(find_operator("", type) == nullptr);
}

TEST(one_operator_set_is_known) {
    infer(copy);
    infer(copy, field(8, field(1, "ai.onnx") + field(2, 20)));
    const std::string ours = field(8, field(2, 20));
    for (const std::string& other :
         {std::string(), field(8, field(2, 19)), field(8, field(2, 21)), ours + ours,
          ours + field(8, field(1, "com.microsoft") + field(2, 1))})
        CHECK_THROWS_WITH(infer(copy, other), "it must ask for ONNX's operator set 20");
}

TEST(names_are_made_once_and_before_they_are_used) {
    CHECK_THROWS_WITH(infer(copy + copy), "node 2 (Identity): its graph makes \"frame_out\" twice");
    CHECK_THROWS_WITH(infer(node("Abs", {"frame"}, "frame") + copy), "makes \"frame\" twice");
    CHECK_THROWS_WITH(infer(copy + int64s("frame", {1})), "makes \"frame\" twice");
    CHECK_THROWS_WITH(infer(copy + int64s("", {1})), "a tensor in it has no name");
    CHECK_THROWS_WITH(infer(node("Abs", {"later"}, "frame_out") + node("Abs", {"frame"}, "later")),
                      "node 1 (Abs): nothing before it makes its input \"later\"");
    CHECK_THROWS_WITH(infer(node("Abs", {"frame_out"}, "frame_out")), "nothing before it makes");
    CHECK_THROWS_WITH(infer(node("Abs", {"frame"}, "other")),
                      "no node of its graph makes the output \"frame_out\"");
}

TEST(nodes_fit_their_signature) {
    const auto refused = [](const std::string& made, const char* why) {
        CHECK_THROWS_WITH(infer(made), why);
    };
    refused(node("Add", {"frame"}, "frame_out"), "node 1 (Add): its input B is missing");
    refused(node("Add", {"", "frame"}, "frame_out"), "its input A is missing");
    refused(node("Sum", {"frame", ""}, "frame_out"), "its last input has no name");
    refused(node("Abs", {"frame", "frame"}, "frame_out"), "it has 2 inputs, the operator has at");
    refused(node("Abs", {"frame"}, ""), "its last output has no name");
    refused(node("Abs", {"frame"}, "frame_out", attribute("axis", 1)),
            "its attribute \"axis\" is none that effects may use");
    refused(node("Softmax", {"frame"}, "frame_out", attribute("axis", 9)),
            "its attribute axis must lie between -8 and 8");
    refused(node("Softmax", {"frame"}, "frame_out", attribute("axis", 1) + attribute("axis", 1)),
            "its attribute axis stands twice");
    refused(node("Softmax", {"frame"}, "frame_out", field(5, field(1, "axis") + field(20, 3))),
            "its attribute axis is of another type");
    refused(node("Concat", {"frame", "frame"}, "frame_out"), "its attribute axis is missing");
}

TEST(outputs_are_as_promised) {
    CHECK_THROWS_WITH(infer(node("ReduceMax", {"frame"}, "frame_out")),
                      "makes \"frame_out\" with another shape or type than it promises");
    CHECK_THROWS_WITH(infer(node("IsNaN", {"frame"}, "frame_out")),
                      "makes \"frame_out\" with another shape or type than it promises");
}

TEST(every_number_of_channels_can_be_played) {
    const std::uint64_t open = ~std::uint64_t{0}; // −1
    infer(node("Reshape", {"frame", "halves"}, "x") + node("Reshape", {"x", "rows"}, "frame_out") +
          int64s("halves", {2, open}) + int64s("rows", {open, 8}));
    CHECK_THROWS_WITH(infer(node("Slice", {"frame", "start", "end"}, "x") +
                            node("Concat", {"x", "frame"}, "y", attribute("axis", 0)) +
                            node("Slice", {"y", "one", "most"}, "frame_out") +
                            int64s("start", {0}) + int64s("end", {3}) + int64s("one", {1}) +
                            int64s("most", {9})),
                      "with 2 channels, its graph makes \"frame_out\" with another shape");
}

TEST(shapes_may_follow_from_the_number_of_channels) {
    infer(node("Shape", {"frame"}, "shape") + node("Mul", {"shape", "one"}, "same") +
          node("Reshape", {"frame", "same"}, "frame_out") + int64s("one", {1}));
    CHECK_THROWS_WITH(infer(node("Cast", {"frame"}, "numbers", attribute("to", 7)) +
                            node("Slice", {"numbers", "zero", "one"}, "row") +
                            node("Reshape", {"row", "eight"}, "shape") +
                            node("Reshape", {"frame", "shape"}, "frame_out") + int64s("zero", {0}) +
                            int64s("one", {1}) + int64s("eight", {8})),
                      "node 4 (Reshape): its input shape must be a constant");
}

TEST(what_a_file_makes_the_engine_compute_is_bounded) {
    // An outer product of constants: [4096, 1] + [1, 4096], 64 MiB of float32; then some more.
    const auto column = int64s("rows", {4096, 1}) + int64s("columns", {1, 4096});
    std::string ones;
    for (int i = 0; i < 4096; ++i)
        ones += "\x01\x02\x03\x04";
    const std::string outer = field(5, onnx::tensor("ones", 4096, ones)) + column +
                              node("Reshape", {"ones", "rows"}, "r") +
                              node("Reshape", {"ones", "columns"}, "c");
    infer(outer + copy + node("Add", {"r", "c"}, "a"));
    CHECK_THROWS_WITH(
        infer(outer + copy + node("Add", {"r", "c"}, "a") + node("Add", {"r", "a"}, "b")),
        "loading it would compute more than 128 MiB of constants");
    CHECK_THROWS_WITH(
        infer(outer + copy + node("MatMul", {"r", "c"}, "a") + node("Tan", {"a"}, "b")),
        "loading it would compute");

    // The same with the sound in it, for one channel.
    const std::string sound =
        outer + copy + node("ReduceMax", {"frame"}, "peak") + node("Add", {"peak", "r"}, "p");
    infer(sound + node("Add", {"p", "c"}, "a"));
    std::string much = sound;
    for (const char* name : {"a", "b", "d", "e"})
        much += node("Add", {"p", "c"}, name);
    CHECK_THROWS_WITH(infer(much), "a frame of it takes more than 256 MiB of memory a channel");
    CHECK_THROWS_WITH(infer(sound + node("Add", {"p", "c"}, "a") + node("MatMul", {"a", "a"}, "b")),
                      "a frame of it takes more computing than any machine can do in time");
}

TEST(nodes_and_their_names_are_bounded) {
    std::string nodes = copy;
    for (int i = 0; i < 5000; ++i)
        nodes += node("Abs", {"frame"}, ("x" + std::to_string(i)).c_str());
    CHECK_THROWS_WITH(infer(nodes), "it has more than 5000 nodes");
    std::string many;
    for (int i = 0; i < 60'000; ++i)
        many += field(1, "frame");
    CHECK_THROWS_WITH(infer(copy + field(1, many + field(2, "x") + field(4, "Sum"))),
                      "its nodes have more than 50000 inputs, outputs and attributes");
}
