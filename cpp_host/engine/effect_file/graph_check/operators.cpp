#include "engine/effect_file/graph_check/operators.h"

#include "engine/effect_file/graph_check/rules/rules.h"
#include "engine/effect_file/onnx_tensor.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace tonecast {

namespace {

// An effect of unknown origin must not be able to do more than make sound, the same sound for the
// same input, at the same cost for every frame. So these stay out:
// - If, Loop, Scan, SequenceMap: a Loop need never end;
// - Random*, Multinomial, Bernoulli, and Dropout, which can be switched to training: a render
//   could not be repeated, and the parity record would mean nothing;
// - ConstantOfShape, Range, Expand, Tile, Resize, Upsample, OneHot, EyeLike, Unique, NonZero,
//   Compress, NonMaxSuppression, windows and mel matrices: the size of what they make is itself
//   data, so cost and memory may follow the sound. Exporters fold them into constants, and
//   broadcasting does the rest;
// - sequences, maps, strings, optionals, image decoders: no sound in them, much code behind them;
// - MaxUnpool, likewise: ScatterElements puts values back into a frame of known size;
// - LpPool, GlobalLpPool: nothing exports them;
// - quantised operators: nothing exports them yet, and each is more surface.
// Other domains (com.microsoft, ai.onnx.ml, custom ones) never load.
//
// Attributes and inputs that a row leaves out are refused, too: training modes, paddings and
// roundings that exporters do not write, sequences of several lengths.

using Type = AttributeRule::Type;
constexpr auto most = static_cast<std::int64_t>(max_elements);

AttributeRule integer(std::string_view name, std::int64_t lowest, std::int64_t highest) {
    return {name, Type::integer, false, lowest, highest};
}
AttributeRule integers(std::string_view name, std::int64_t lowest, std::int64_t highest) {
    return {name, Type::integers, false, lowest, highest};
}
AttributeRule flag(std::string_view name) {
    return integer(name, 0, 1);
}
AttributeRule axis(std::string_view name = "axis") {
    constexpr auto rank = static_cast<std::int64_t>(max_rank);
    return integer(name, -rank, rank);
}
AttributeRule real(std::string_view name) {
    return {name, Type::number};
}
AttributeRule text(std::string_view name, std::vector<std::string_view> choices = {}) {
    return {name, Type::text, false, 0, 0, std::move(choices)};
}
AttributeRule texts(std::string_view name, std::vector<std::string_view> choices) {
    return {name, Type::texts, false, 0, 0, std::move(choices)};
}
AttributeRule required(AttributeRule rule) {
    rule.is_required = true;
    return rule;
}

/// The table. `types` are those of the inputs and outputs that name none of their own; in one node
/// they are the same.
class Table {
public:
    void add(std::string_view type, Types types, std::string_view inputs, std::string_view outputs,
             void (*rule)(NodeCheck&), std::vector<AttributeRule> attributes = {}) {
        rows.push_back(
            {type, slots(inputs, types), slots(outputs, types), std::move(attributes), rule});
    }

    std::vector<Signature> rows;
};

using namespace rules;
using enum Types;

/// `more`, and how a kernel goes over its input.
std::vector<AttributeRule> convolving(std::vector<AttributeRule> more) {
    more.push_back(text("auto_pad", {"NOTSET", "VALID"}));
    more.push_back(integers("dilations", 1, most));
    more.push_back(integers("kernel_shape", 1, most));
    more.push_back(integers("pads", 0, most));
    more.push_back(integers("strides", 1, most));
    return more;
}

std::vector<AttributeRule> pooling(AttributeRule more) {
    auto rules = convolving({std::move(more), integer("ceil_mode", 0, 0)});
    std::ranges::find(rules, "kernel_shape", &AttributeRule::name)->is_required = true;
    return rules;
}

std::vector<AttributeRule> recurring(std::vector<AttributeRule> more) {
    more.push_back(texts("activations", {"Relu", "Sigmoid", "Tanh"}));
    more.push_back(text("direction", {"forward", "reverse", "bidirectional"}));
    more.push_back(required(integer("hidden_size", 1, 1 << 16)));
    more.push_back(integer("layout", 0, 0));
    return more;
}

void add_elementwise(Table& table) {
    table.add("Abs", number, "X", "Y", elementwise);
    table.add("Neg", number, "X", "Y", elementwise);
    table.add("Sign", number, "input", "output", elementwise);
    table.add("Ceil", floating, "X", "Y", elementwise);
    table.add("Floor", floating, "X", "Y", elementwise);
    table.add("Reciprocal", floating, "X", "Y", elementwise);
    table.add("Round", floating, "X", "Y", elementwise);
    table.add("Sqrt", floating, "X", "Y", elementwise);
    table.add("HardSwish", floating, "X", "Y", elementwise);
    table.add("Softplus", floating, "X", "Y", slow_elementwise);
    table.add("Mish", floating, "X", "Y", slow_elementwise);
    table.add("Relu", number, "X", "Y", elementwise);
    table.add("Sigmoid", floating, "X", "Y", elementwise);
    table.add("Erf", floating, "input", "output", elementwise);
    table.add("Exp", floating, "input", "output", elementwise);
    table.add("Log", floating, "input", "output", slow_elementwise);
    table.add("Sin", floating, "input", "output", slow_elementwise);
    table.add("Cos", floating, "input", "output", slow_elementwise);
    table.add("Tanh", floating, "input", "output", elementwise);
    table.add("Softsign", floating, "input", "output", elementwise);
    table.add("Acos", floating, "input", "output", slow_elementwise);
    table.add("Acosh", floating, "input", "output", slow_elementwise);
    table.add("Asin", floating, "input", "output", slow_elementwise);
    table.add("Asinh", floating, "input", "output", slow_elementwise);
    table.add("Atan", floating, "input", "output", slow_elementwise);
    table.add("Atanh", floating, "input", "output", slow_elementwise);
    table.add("Cosh", floating, "input", "output", slow_elementwise);
    table.add("Sinh", floating, "input", "output", slow_elementwise);
    table.add("Tan", floating, "input", "output", slow_elementwise);
    table.add("Elu", floating, "X", "Y", slow_elementwise, {real("alpha")});
    table.add("Gelu", floating, "X", "Y", slow_elementwise,
              {text("approximate", {"none", "tanh"})});
    table.add("HardSigmoid", floating, "X", "Y", elementwise, {real("alpha"), real("beta")});
    table.add("LeakyRelu", floating, "X", "Y", elementwise, {real("alpha")});
    table.add("Selu", floating, "X", "Y", slow_elementwise, {real("alpha"), real("gamma")});
    table.add("Shrink", floating, "input", "output", elementwise, {real("bias"), real("lambd")});
    table.add("ThresholdedRelu", floating, "X", "Y", elementwise, {real("alpha")});
    table.add("IsInf", floating, "X", "Y:bool", elementwise,
              {flag("detect_negative"), flag("detect_positive")});
    table.add("IsNaN", floating, "X", "Y:bool", elementwise);
    table.add("Not", boolean, "X", "Y", elementwise);
    table.add("Clip", number, "input min? max?", "output", clip);
    table.add("Cast", any, "input", "output", cast,
              {integer("saturate", 1, 1), required(integer("to", 1, 13))});
}

void add_broadcasting(Table& table) {
    table.add("Add", number, "A B", "C", elementwise);
    table.add("Sub", number, "A B", "C", elementwise);
    table.add("Mul", number, "A B", "C", elementwise);
    table.add("Div", number, "A B", "C", divide);
    table.add("Mod", number, "A B", "C", divide, {flag("fmod")});
    table.add("Pow", number, "X Y", "Z", slow_elementwise);
    table.add("PRelu", floating, "X slope", "Y", prelu);
    table.add("And", boolean, "A B", "C", elementwise);
    table.add("Or", boolean, "A B", "C", elementwise);
    table.add("Xor", boolean, "A B", "C", elementwise);
    table.add("Equal", any, "A B", "C:bool", elementwise);
    table.add("Greater", number, "A B", "C:bool", elementwise);
    table.add("GreaterOrEqual", number, "A B", "C:bool", elementwise);
    table.add("Less", number, "A B", "C:bool", elementwise);
    table.add("LessOrEqual", number, "A B", "C:bool", elementwise);
    table.add("Where", any, "condition:bool X Y", "output", where);
    table.add("Max", number, "data_0*", "max", elementwise);
    table.add("Min", number, "data_0*", "min", elementwise);
    table.add("Mean", floating, "data_0*", "mean", elementwise);
    table.add("Sum", floating, "data_0*", "sum", elementwise);
}

void add_reductions(Table& table) {
    const std::vector<AttributeRule> reduction{flag("keepdims"), flag("noop_with_empty_axes")};
    const std::vector<AttributeRule> arg_reduction{axis(), flag("keepdims"),
                                                   flag("select_last_index")};
    table.add("ReduceMax", number, "data axes:int64?", "reduced", reduce, reduction);
    table.add("ReduceMean", number, "data axes:int64?", "reduced", reduce, reduction);
    table.add("ReduceMin", number, "data axes:int64?", "reduced", reduce, reduction);
    table.add("ReduceProd", number, "data axes:int64?", "reduced", reduce, reduction);
    table.add("ReduceSum", number, "data axes:int64?", "reduced", reduce, reduction);
    table.add("ReduceSumSquare", number, "data axes:int64?", "reduced", reduce, reduction);
    table.add("ReduceL1", number, "data axes:int64?", "reduced", reduce, reduction);
    table.add("ReduceL2", number, "data axes:int64?", "reduced", reduce, reduction);
    table.add("ReduceLogSum", floating, "data axes:int64?", "reduced", reduce, reduction);
    table.add("ReduceLogSumExp", floating, "data axes:int64?", "reduced", reduce, reduction);
    table.add("ArgMax", number, "data", "reduced:int64", arg_reduce, arg_reduction);
    table.add("ArgMin", number, "data", "reduced:int64", arg_reduce, arg_reduction);
    table.add("Softmax", floating, "input", "output", along_axis, {axis()});
    table.add("LogSoftmax", floating, "input", "output", along_axis, {axis()});
    table.add("LpNormalization", floating, "input", "output", along_axis,
              {axis(), integer("p", 1, 2)});
    table.add("CumSum", number, "x axis:index", "y", cumulate,
              {flag("exclusive"), flag("reverse")});
    table.add("TopK", number, "X K:int64", "Values Indices:int64", top_k,
              {axis(), flag("largest"), flag("sorted")});
    table.add("GlobalAveragePool", floating, "X", "Y", global_pool);
    table.add("GlobalMaxPool", floating, "X", "Y", global_pool);
}

void add_shapes(Table& table) {
    constexpr auto least = std::numeric_limits<std::int64_t>::min();
    constexpr auto greatest = std::numeric_limits<std::int64_t>::max();
    table.add("Constant", any, "", "output", constant,
              {{"value", Type::tensor},
               real("value_float"),
               {"value_floats", Type::numbers},
               integer("value_int", least, greatest),
               integers("value_ints", least, greatest)});
    table.add("Identity", any, "input", "output", identity);
    table.add("Shape", any, "data", "shape:int64", shape, {axis("start"), axis("end")});
    table.add("Size", any, "data", "size:int64", size);
    table.add("Reshape", any, "data shape:int64", "reshaped", reshape, {flag("allowzero")});
    table.add("Flatten", any, "input", "output", flatten, {axis()});
    table.add("Squeeze", any, "data axes:int64?", "squeezed", squeeze);
    table.add("Unsqueeze", any, "data axes:int64", "expanded", unsqueeze);
}

void add_movement(Table& table) {
    const auto reduction = text("reduction", {"none", "add", "mul", "max", "min"});
    table.add("Concat", any, "inputs*", "concat_result", concat, {required(axis())});
    table.add("Split", any, "input split:int64?", "outputs*", split,
              {axis(), integer("num_outputs", 1, most)});
    table.add("Slice", any, "data starts:index ends:index axes:index? steps:index?", "output",
              slice);
    table.add("Pad", any, "data pads:int64 constant_value? axes:index?", "output", pad,
              {text("mode", {"constant", "edge", "reflect", "wrap"})});
    table.add("Transpose", any, "data", "transposed", transpose,
              {integers("perm", 0, max_rank - 1)});
    table.add("Trilu", any, "input k:int64?", "output", trilu, {flag("upper")});
    table.add("Gather", any, "data indices:index", "output", gather, {axis()});
    table.add("GatherElements", any, "data indices:index", "output", gather_elements, {axis()});
    table.add("GatherND", any, "data indices:int64", "output", gather_nd,
              {integer("batch_dims", 0, max_rank)});
    table.add("ScatterElements", any, "data indices:index updates", "output", scatter_elements,
              {axis(), reduction});
    table.add("ScatterND", any, "data indices:int64 updates", "output", scatter_nd, {reduction});
}

void add_products(Table& table) {
    table.add("MatMul", number, "A B", "Y", mat_mul);
    table.add("Gemm", floating, "A B C?", "Y", gemm,
              {real("alpha"), real("beta"), flag("transA"), flag("transB")});
    table.add("Einsum", number, "Inputs*", "Output", einsum, {required(text("equation"))});
    table.add("DFT", floating, "input dft_length:index? axis:int64?", "output", dft,
              {flag("inverse"), flag("onesided")});
}

void add_networks(Table& table) {
    table.add("Conv", floating, "X W B?", "Y", conv, convolving({integer("group", 1, most)}));
    table.add("ConvTranspose", floating, "X W B?", "Y", conv_transpose,
              convolving({integer("group", 1, most), integers("output_padding", 0, most)}));
    table.add("AveragePool", floating, "X", "Y", pool, pooling(flag("count_include_pad")));
    table.add("MaxPool", floating, "X", "Y Indices:int64?", pool,
              pooling(integer("storage_order", 0, 0)));
    table.add("BatchNormalization", floating, "X scale B input_mean input_var", "Y",
              batch_normalization,
              {real("epsilon"), real("momentum"), integer("training_mode", 0, 0)});
    table.add("InstanceNormalization", floating, "input scale B", "output", instance_normalization,
              {real("epsilon")});
    table.add("LayerNormalization", floating, "X Scale B?", "Y Mean? InvStdDev?",
              layer_normalization, {axis(), real("epsilon"), integer("stash_type", 1, 1)});
    table.add("RNN", floating, "X W R B? sequence_lens:int32? initial_h?", "Y? Y_h?", rnn,
              recurring({}));
    table.add("GRU", floating, "X W R B? sequence_lens:int32? initial_h?", "Y? Y_h?", gru,
              recurring({flag("linear_before_reset")}));
    table.add("LSTM", floating, "X W R B? sequence_lens:int32? initial_h? initial_c? P?",
              "Y? Y_h? Y_c?", lstm, recurring({integer("input_forget", 0, 0)}));
}

std::vector<Signature> make_table() {
    Table table;
    for (const auto add : {add_elementwise, add_broadcasting, add_reductions, add_shapes,
                           add_movement, add_products, add_networks})
        add(table);
    std::ranges::sort(table.rows, {}, &Signature::type);
    return std::move(table.rows);
}

} // namespace

const std::vector<Signature>& operators() {
    static const std::vector<Signature> rows = make_table();
    return rows;
}

const Signature* find_operator(std::string_view domain, std::string_view type) {
    if (!domain.empty() && domain != "ai.onnx")
        return nullptr;
    const auto& rows = operators();
    const auto found = std::ranges::lower_bound(rows, type, {}, &Signature::type);
    return found == rows.end() || found->type != type ? nullptr : &*found;
}

} // namespace tonecast
