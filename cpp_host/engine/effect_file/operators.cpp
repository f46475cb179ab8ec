#include "engine/effect_file/operators.h"

#include <algorithm>
#include <array>

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
// - quantised operators: nothing exports them yet, and each is more surface.
// Other domains (com.microsoft, ai.onnx.ml, custom ones) never load.
//
// In alphabetical order (ASCII) for the search below.
constexpr std::array<std::string_view, 115> allowed{
    "Abs",
    "Acos",
    "Acosh",
    "Add",
    "And",
    "ArgMax",
    "ArgMin",
    "Asin",
    "Asinh",
    "Atan",
    "Atanh",
    "AveragePool",
    "BatchNormalization",
    "Cast",
    "Ceil",
    "Clip",
    "Concat",
    "Constant",
    "Conv",
    "ConvTranspose",
    "Cos",
    "Cosh",
    "CumSum",
    "DFT",
    "Div",
    "Einsum",
    "Elu",
    "Equal",
    "Erf",
    "Exp",
    "Flatten",
    "Floor",
    "GRU",
    "Gather",
    "GatherElements",
    "GatherND",
    "Gelu",
    "Gemm",
    "GlobalAveragePool",
    "GlobalLpPool",
    "GlobalMaxPool",
    "Greater",
    "GreaterOrEqual",
    "HardSigmoid",
    "HardSwish",
    "Identity",
    "InstanceNormalization",
    "IsInf",
    "IsNaN",
    "LSTM",
    "LayerNormalization",
    "LeakyRelu",
    "Less",
    "LessOrEqual",
    "Log",
    "LogSoftmax",
    "LpNormalization",
    "LpPool",
    "MatMul",
    "Max",
    "MaxPool",
    "Mean",
    "Min",
    "Mish",
    "Mod",
    "Mul",
    "Neg",
    "Not",
    "Or",
    "PRelu",
    "Pad",
    "Pow",
    "RNN",
    "Reciprocal",
    "ReduceL1",
    "ReduceL2",
    "ReduceLogSum",
    "ReduceLogSumExp",
    "ReduceMax",
    "ReduceMean",
    "ReduceMin",
    "ReduceProd",
    "ReduceSum",
    "ReduceSumSquare",
    "Relu",
    "Reshape",
    "Round",
    "ScatterElements",
    "ScatterND",
    "Selu",
    "Shape",
    "Shrink",
    "Sigmoid",
    "Sign",
    "Sin",
    "Sinh",
    "Size",
    "Slice",
    "Softmax",
    "Softplus",
    "Softsign",
    "Split",
    "Sqrt",
    "Squeeze",
    "Sub",
    "Sum",
    "Tan",
    "Tanh",
    "ThresholdedRelu",
    "TopK",
    "Transpose",
    "Trilu",
    "Unsqueeze",
    "Where",
    "Xor",
};

} // namespace

bool is_operator_allowed(std::string_view domain, std::string_view type) {
    return (domain.empty() || domain == "ai.onnx") &&
           std::binary_search(allowed.begin(), allowed.end(), type);
}

} // namespace tonecast
