"""A few valid nodes of every operator that effects may use, with inputs of the right shapes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


@dataclass(frozen=True)
class Example:
    """One node: its inputs by value (None where one is left out), attributes, and outputs."""

    type: str
    inputs: tuple[Array | None, ...]
    attributes: dict[str, Any] = field(default_factory=dict)
    outputs: int = 1


def floats(*shape: int) -> Array:
    """Between 0.1 and 0.9: within what all functions take."""
    values = np.random.default_rng(1).uniform(0.1, 0.9, shape)
    return np.asarray(values, np.float32)


def int64(*values: int) -> Array:
    return np.array(values, np.int64)


def scalar(value: int) -> Array:
    return np.array(value, np.int64)


def zeros(*shape: int) -> Array:
    return np.zeros(shape, np.int64)


X = floats(2, 3, 8)
BOOLS = X > 0.5

UNARY = (
    "Abs Acos Acosh Asin Asinh Atan Atanh Ceil Cos Cosh Elu Erf Exp Floor Gelu HardSigmoid "
    "HardSwish Identity IsInf IsNaN LeakyRelu Log Mish Neg Reciprocal Relu Round Selu Shape Shrink "
    "Sigmoid Sign Sin Sinh Size Softplus Softsign Sqrt Tan Tanh ThresholdedRelu LogSoftmax Softmax "
    "LpNormalization GlobalAveragePool GlobalMaxPool Transpose Flatten Squeeze"
)
BINARY = "Add Sub Mul Div Pow PRelu Equal Greater GreaterOrEqual Less LessOrEqual Max Min Mean Sum"
REDUCTIONS = "L1 L2 LogSum LogSumExp Max Mean Min Prod Sum SumSquare"


def recurrent(
    operator: str, gates: int, outputs: int, *state: Array | None, **attributes: Any
) -> Example:
    """Five times two sequences of three features, four hidden units."""
    directions = 2 if attributes.get("direction") == "bidirectional" else 1
    weights = floats(directions, 4 * gates, 3), floats(directions, 4 * gates, 4)
    attributes["hidden_size"] = 4
    biases = floats(directions, 8 * gates)
    return Example(operator, (floats(5, 2, 3), *weights, biases, *state), attributes, outputs)


EXAMPLES = [
    *(Example(operator, (X,)) for operator in UNARY.split()),
    *(Example(operator, (X, floats(3, 1))) for operator in BINARY.split()),
    *(Example(f"Reduce{kind}", (X,)) for kind in REDUCTIONS.split()),
    *(Example(f"Reduce{kind}", (X, int64(-1)), {"keepdims": 0}) for kind in REDUCTIONS.split()),
    Example("ReduceSum", (X, int64()), {"noop_with_empty_axes": 1}),
    Example("Not", (BOOLS,)),
    *(Example(operator, (BOOLS, BOOLS[:, :1])) for operator in ("And", "Or", "Xor")),
    Example("Add", (int64(1, 2), scalar(3))),
    Example("Max", (X, floats(1), floats(8))),
    Example("Div", (int64(6, 8), scalar(2))),
    Example("Mod", (int64(6, 9), int64(4, 5))),
    Example("Mod", (X, floats(1)), {"fmod": 1}),
    Example("Where", (BOOLS, X, floats())),
    Example("Where", (BOOLS[0], zeros(2, 1, 1), scalar(1))),
    Example("Clip", (X, floats())),
    Example("Clip", (X, None, floats())),
    *(Example("Cast", (X,), {"to": to}) for to in (6, 7, 9, 10, 11)),
    Example("Squeeze", (floats(1, 3, 1), int64(0))),
    Example("Squeeze", (floats(1, 3, 1),)),
    Example("Unsqueeze", (X, int64(-1, 1))),
    Example("Reshape", (X, int64(0, -1))),
    Example("Reshape", (floats(1), int64())),
    Example("Flatten", (X,), {"axis": -1}),
    Example("Transpose", (X,), {"perm": [1, 2, 0]}),
    Example("Shape", (X,), {"start": -2}),
    Example("Constant", (), {"value_floats": [1.0, 2.0]}),
    Example("Constant", (), {"value_float": 1.0}),
    Example("Constant", (), {"value_int": 7}),
    Example("Constant", (), {"value_ints": [1, 2, 3]}),
    Example("ArgMax", (X,)),
    Example("ArgMin", (X,), {"axis": -1, "keepdims": 0}),
    Example("CumSum", (X, scalar(-1)), {"reverse": 1}),
    Example("TopK", (X, int64(3)), {"axis": 1}, outputs=2),
    Example("Concat", (X, floats(2, 1, 8)), {"axis": -2}),
    Example("Split", (X, int64(3, 5)), {"axis": 2}, outputs=2),
    Example("Split", (X,), {"axis": 2, "num_outputs": 3}, outputs=3),
    Example("Slice", (X, int64(1), int64(-1), int64(2), int64(2))),
    Example("Slice", (X, int64(-1, 1), int64(-(2**63), 2**63 - 1), int64(2, 0), int64(-3, 1))),
    Example("Slice", (X, int64(0, -100), int64(1, 2))),
    Example("Pad", (X, int64(0, 0, 2, 0, 1, -3))),
    Example("Pad", (X, int64(2, 3), floats(), int64(-1))),
    *(Example("Pad", (X, int64(0, 0, 2, 0, 1, 3)), {"mode": m}) for m in ("edge", "wrap")),
    Example("Pad", (X, int64(0, 0, 7, 0, 0, 7)), {"mode": "reflect"}),
    Example("Trilu", (X, scalar(-1)), {"upper": 0}),
    Example("Gather", (X, int64(2, 0)), {"axis": 1}),
    Example("Gather", (X, scalar(-1))),
    Example("GatherElements", (X, zeros(2, 3, 5)), {"axis": 2}),
    Example("GatherND", (X, zeros(4, 2))),
    Example("GatherND", (X, zeros(2, 5, 1)), {"batch_dims": 1}),
    Example("ScatterElements", (X, zeros(1, 2, 8), floats(1, 2, 8)), {"axis": -1}),
    Example("ScatterElements", (X, zeros(1, 2, 8), floats(1, 2, 8)), {"reduction": "add"}),
    Example("ScatterND", (X, zeros(1, 2), floats(1, 8)), {"reduction": "max"}),
    Example("MatMul", (X, floats(8, 4))),
    Example("MatMul", (floats(8), floats(2, 8, 5))),
    Example("MatMul", (floats(3, 8), floats(8))),
    Example("Gemm", (floats(8, 3), floats(5, 8), floats(3, 1)), {"transA": 1, "transB": 1}),
    Example("Einsum", (X, floats(5, 8)), {"equation": "abc, dc -> dba"}),
    Example("Einsum", (X,), {"equation": "abc->b"}),
    Example("DFT", (floats(2, 8, 1),)),
    Example("DFT", (floats(2, 9, 1), None, scalar(1)), {"onesided": 1}),
    Example("DFT", (floats(8, 2, 2), scalar(12), scalar(0)), {"inverse": 1}),
    Example("Conv", (X, floats(4, 3, 3)), {"pads": [1, 2], "strides": [2]}),
    Example("Conv", (floats(1, 4, 9), floats(6, 2, 3), floats(6)), {"group": 2, "dilations": [3]}),
    Example("Conv", (floats(1, 2, 9, 7), floats(5, 2, 3, 1)), {"auto_pad": "VALID"}),
    Example("ConvTranspose", (X, floats(3, 4, 3)), {"strides": [2], "output_padding": [1]}),
    Example(
        "ConvTranspose",
        (floats(1, 4, 9), floats(4, 3, 3), floats(6)),
        {"group": 2, "pads": [1, 0], "dilations": [2]},
    ),
    Example("AveragePool", (X,), {"kernel_shape": [3], "pads": [1, 1], "strides": [2]}),
    Example("MaxPool", (X,), {"kernel_shape": [3], "dilations": [2]}, outputs=2),
    Example("BatchNormalization", (X, floats(3), floats(3), floats(3), floats(3))),
    Example("InstanceNormalization", (X, floats(3), floats(3))),
    Example("LayerNormalization", (X, floats(8), floats(8)), outputs=3),
    Example("LayerNormalization", (X, floats(3, 8)), {"axis": 1}),
    recurrent("RNN", 1, 2, None, floats(1, 2, 4), activations=["Relu"]),
    recurrent("GRU", 3, 2, None, floats(2, 2, 4), direction="bidirectional"),
    recurrent("GRU", 3, 1, linear_before_reset=1, direction="reverse"),
    recurrent("LSTM", 4, 3, None, floats(1, 2, 4), floats(1, 2, 4), floats(1, 12)),
    recurrent("LSTM", 4, 3, direction="bidirectional"),
]
