// States that only shift: which are found, what becomes of their graph, and how they are kept. That
// the same bits are played is tested from Python, with ONNX Runtime.

#include "engine/effect_file/graph_check/graph_check.h"
#include "engine/effect_file/onnx_graph.h"
#include "engine/onnxruntime/delay_lines/delay_line.h"
#include "engine/onnxruntime/delay_lines/shifting_states.h"
#include "tests/check.h"
#include "tests/effect_file/onnx_builder.h"

#include <algorithm>
#include <string>
#include <vector>

using namespace tonecast;
using onnx::dynamic;
using onnx::field;

namespace {

using Delays = std::vector<std::size_t>;

std::string integers(const char* name, std::initializer_list<std::uint64_t> values) {
    std::string numbers;
    for (const std::uint64_t value : values)
        numbers += field(8, value);
    return field(5, field(1, name) + numbers + field(20, 7));
}

std::string integer(const char* name, std::uint64_t value) {
    return field(5, field(1, name) + field(3, value) + field(20, 2));
}

std::string node(const char* type, std::initializer_list<const char*> inputs, const char* output,
                 const std::string& attributes = "") {
    return field(1, onnx::node(type, inputs, output) + attributes);
}

std::string int64(const char* name, std::uint64_t value) {
    return field(5, field(1, 1) + field(2, 7) + field(8, name) + field(7, value));
}

const std::string join = node("Concat", {"state.s", "in"}, "both", integer("axis", 2));
const std::string shift = node("Slice", {"both", "frame", "end", "axis"}, "state.s.next");

/// A filter of three taps over two rows.
std::string conv(std::uint64_t dilation, const std::string& more = "", const char* out = "out") {
    return node("Conv", {"both", "weight"}, out, integers("dilations", {dilation}) + more);
}

/// A graph of these nodes, from "in" to "out", in frames of 4 samples, [channels, 2 rows, 4] to the
/// same; the state has 2 rows of `elements`.
std::string model(const std::string& nodes, int elements) {
    const auto size = static_cast<std::uint64_t>(elements);
    const std::string filter = field(1, 2) + field(1, 2) + field(1, 3) + field(2, 1) +
                               field(8, "weight") + field(9, std::string(48, '\0'));
    const std::string lift = field(1, 2) + field(1, 1) + field(1, 1) + field(2, 1) +
                             field(8, "lift") + field(9, std::string(8, '\0'));
    const std::string graph =
        node("Unsqueeze", {"block", "one"}, "row") + node("Conv", {"row", "lift"}, "in") + nodes +
        node("ReduceMean", {"out", "one"}, "block_out", integer("keepdims", 0)) +
        field(5, std::string_view(filter)) + field(5, std::string_view(lift)) + int64("frame", 4) +
        int64("end", 4 + size) + int64("axis", 2) + int64("one", 1) + int64("zero", 0) +
        int64("last", size) + field(11, onnx::value("block", {dynamic, 4})) +
        field(11, onnx::value("state.s", {dynamic, 2, elements})) +
        field(12, onnx::value("block_out", {dynamic, 4})) +
        field(12, onnx::value("state.s.next", {dynamic, 2, elements}));
    return onnx::model(graph, "{}");
}

/// The delays of the state's windows. The model that asks for no more can be computed.
Delays tapped(const std::string& nodes, int elements) {
    const std::string given = model(nodes, elements);
    check_graph(read_onnx_graph(given), {});
    std::string changed = given;
    const Taps taps =
        tap_shifting_states(changed, {}, {{"state.s", true, {1, 2, elements}, {}}})[0];
    check_graph(read_onnx_graph(changed), {});
    CHECK((changed == given) == taps.delays.empty());
    CHECK(taps.delays.empty() || taps.frame == 4);
    return taps.delays;
}

TensorShape shape_of(const std::string& model, const char* name) {
    return infer_shapes(read_onnx_graph(model), 1).at(name).shape;
}

} // namespace

TEST(convolutions_with_long_dilations_get_the_windows_that_they_read) {
    CHECK(tapped(join + shift + conv(5), 10) == Delays({10, 5}));
    CHECK(tapped(join + conv(100) + shift, 200) == Delays({200, 100}));

    std::string changed = model(join + conv(100) + shift, 200);
    tap_shifting_states(changed, {}, {{"state.s", true, {1, 2, 200}, {}}});
    CHECK(shape_of(changed, "state.s") == TensorShape({1, 2, 8})); // two windows of a frame
    CHECK(shape_of(changed, "both") == TensorShape({1, 2, 12}));
    CHECK(shape_of(changed, "state.s.next") == TensorShape({1, 2, 4}));
}

TEST(delays_get_one_window) {
    const std::string begin = node("Slice", {"both", "zero", "frame", "axis"}, "out");
    CHECK(tapped(join + shift + begin, 30) == Delays({30}));
    CHECK(tapped(join + shift + begin, 5) == Delays({5}));
    CHECK(tapped(join + shift + begin, 3).empty()); // shorter than a frame
}

TEST(copies_between_are_passed_through) {
    const std::string same = integers("perm", {0, 1, 2});
    const std::string around = node("Transpose", {"state.s"}, "past", same) +
                               node("Concat", {"past", "in"}, "both", integer("axis", 2)) +
                               node("Slice", {"both", "frame", "end", "axis"}, "kept") +
                               node("Transpose", {"kept"}, "state.s.next", same);
    CHECK(tapped(around + conv(8), 16) == Delays({16, 8}));
}

TEST(convolutions_that_read_more_than_windows_keep_their_past_whole) {
    CHECK(tapped(join + shift + conv(4), 8).empty()); // all windows together are the past
    const std::string wide = join + shift + conv(8, "", "wide");
    const std::string begin = node("Slice", {"wide", "zero", "frame", "axis"}, "out");
    CHECK(tapped(wide + begin, 17).empty()); // one element more than it looks back
    const std::string padded = join + shift + conv(8, integers("pads", {2, 2}), "wide");
    CHECK(tapped(padded + begin, 16).empty());
    const std::string halved = join + shift + conv(8, integers("strides", {2}), "half");
    const std::string twice = node("Concat", {"half", "half"}, "out", integer("axis", 2));
    CHECK(tapped(halved + twice, 16).empty());
}

TEST(states_that_others_read_are_kept_whole) {
    for (const char* read : {"both", "state.s", "state.s.next"})
        CHECK(tapped(join + shift + conv(8) + node("Abs", {read}, "again"), 16).empty());
}

TEST(states_that_do_more_than_shift_are_kept_whole) {
    CHECK(
        tapped(join + node("Slice", {"both", "zero", "last", "axis"}, "state.s.next") + conv(8), 16)
            .empty());
    CHECK(tapped(join + node("Slice", {"both", "frame", "end", "axis"}, "kept") +
                     node("Abs", {"kept"}, "state.s.next") + conv(8),
                 16)
              .empty());
    CHECK(
        tapped(node("Concat", {"in", "state.s"}, "both", integer("axis", 2)) + shift + conv(8), 16)
            .empty());
}

TEST(delay_line_hands_out_what_was_written_so_long_ago) {
    constexpr std::size_t rows = 3;
    for (const std::size_t frame : {1U, 4U, 7U}) {
        const Taps taps{frame, {5 * frame + 3, 4 * frame, 2 * frame + 1, frame}};
        DelayLine line(taps, rows);
        std::vector<std::vector<float>> past(rows, std::vector<float>(line.length()));
        float next = 0.0F;
        std::vector<float> given;
        for (auto& row : past)
            for (float& element : row)
                given.push_back(element = ++next);
        line.fill(given);
        for (int round = 0; round < 20; ++round) {
            std::vector<float> windows(rows * taps.delays.size() * frame);
            line.read(windows);
            std::vector<float> expected;
            for (const auto& row : past)
                for (const std::size_t delay : taps.delays)
                    expected.insert(expected.end(), row.end() - static_cast<long>(delay),
                                    row.end() - static_cast<long>(delay - frame));
            CHECK(windows == expected);
            std::vector<float> written;
            for (auto& row : past)
                for (std::size_t i = 0; i < frame; ++i)
                    row.push_back(written.emplace_back(++next));
            line.write(written);
        }
    }
}

TEST(delay_lines_of_equal_rows_are_filled_with_the_same) {
    const Taps taps{2, {3}};
    DelayLine line(taps, 4);
    line.fill(std::vector<float>{1.0F, 2.0F, 3.0F, 4.0F, 5.0F, 6.0F}); // two rows
    std::vector<float> windows(8);
    line.read(windows);
    CHECK((windows == std::vector<float>{1.0F, 2.0F, 4.0F, 5.0F, 1.0F, 2.0F, 4.0F, 5.0F}));
}

TEST(copied_delay_line_goes_on_alone) {
    const Taps taps{2, {4}};
    DelayLine first(taps, 1);
    first.write(std::vector<float>{1.0F, 2.0F});
    DelayLine copy(taps, 1);
    copy.copy(first);
    first.write(std::vector<float>{9.0F, 9.0F});
    copy.write(std::vector<float>{3.0F, 4.0F});
    std::vector<float> window(2);
    copy.read(window);
    CHECK((window == std::vector<float>{1.0F, 2.0F}));
}
