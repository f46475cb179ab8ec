"""The table of operators says of each what ONNX says, and its rules what ONNX Runtime does.

A graph that passes them is given to ONNX Runtime, which dies of some that do not fit.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import onnxruntime
import pytest
from operator_examples import EXAMPLES, Array, Example, floats, int64, scalar, zeros
from tonecast import Error
from tonecast.plugin_core._engine import testing

onnx = pytest.importorskip("onnx", reason="building graphs needs onnx")

OPERATOR_SET = 20
TABLE = {row["type"]: row for row in testing.operators()}
IDS = [f"{i}-{example.type}" for i, example in enumerate(EXAMPLES)]


@pytest.mark.parametrize("row", TABLE.values(), ids=TABLE)
def test_table_agrees_with_the_schemas_of_onnx(row: dict[str, Any]) -> None:
    schema = onnx.defs.get_schema(row["type"], OPERATOR_SET)
    for ours, theirs in ((row["inputs"], schema.inputs), (row["outputs"], schema.outputs)):
        # What is left out at the end is not needed.
        assert all(slot.option.name == "Optional" for slot in theirs[len(ours) :])
        for (name, kind, _), slot in zip(ours, theirs, strict=False):
            assert (name, kind) == (slot.name, slot.option.name.lower())
    for name, rule in row["attributes"].items():
        assert rule["type"] == schema.attributes[name].type.value
        assert rule["required"] or not schema.attributes[name].required
    left_out = schema.attributes.keys() - row["attributes"].keys()
    assert not any(schema.attributes[name].required for name in left_out)


@pytest.mark.parametrize("row", TABLE.values(), ids=TABLE)
def test_types_of_the_table_are_among_those_of_onnx(row: dict[str, Any]) -> None:
    schema = onnx.defs.get_schema(row["type"], OPERATOR_SET)
    names = {
        "floating": {"float16", "float", "double"},
        "number": {"float16", "float", "double", "int32", "int64"},
        "any": {"float16", "float", "double", "int8", "int64", "uint8", "uint64", "bool"},
        "bool": {"bool"},
        "int32": {"int32"},
        "int64": {"int64"},
        "index": {"int32", "int64"},
    }
    for (_, _, types), slot in zip(row["inputs"], schema.inputs, strict=False):
        assert {f"tensor({name})" for name in names[types]} <= set(slot.types)


def model(example: Example, outputs: list[str] | None = None) -> Any:
    """A graph of one node with constants for inputs, and an output for each of its own."""
    names = [f"i{i}" if value is not None else "" for i, value in enumerate(example.inputs)]
    made = [f"o{i}" for i in range(example.outputs)] if outputs is None else outputs
    return graph([onnx.helper.make_node(example.type, names, made, **example.attributes)], example)


def graph(nodes: list[Any], example: Example, outputs: tuple[str, ...] = ()) -> Any:
    constants = [
        onnx.numpy_helper.from_array(value, f"i{i}")
        for i, value in enumerate(example.inputs)
        if value is not None
    ]
    values = [onnx.helper.make_empty_tensor_value_info(name) for name in outputs]
    opsets = [onnx.helper.make_opsetid("", OPERATOR_SET)]
    whole = onnx.helper.make_graph(nodes, "graph", [], values, constants)
    return onnx.helper.make_model(whole, opset_imports=opsets, ir_version=9)


def infer(made: Any) -> dict[str, tuple[int, list[int]]]:
    return testing.infer_shapes(made.SerializeToString(), 1)


@pytest.mark.parametrize("example", EXAMPLES, ids=IDS)
def test_shapes_are_those_that_onnxruntime_makes(example: Example) -> None:
    made = model(example)
    shapes = infer(made)
    names = [f"o{i}" for i in range(example.outputs)]
    made.graph.output.extend(map(onnx.helper.make_empty_tensor_value_info, names))
    session = onnxruntime.InferenceSession(
        made.SerializeToString(), providers=["CPUExecutionProvider"]
    )
    for name, value in zip(names, session.run(names, {}), strict=True):
        number, shape = shapes[name]
        assert tuple(shape) == value.shape
        assert onnx.helper.tensor_dtype_to_np_dtype(number) == value.dtype


def test_every_operator_has_an_example() -> None:
    assert {example.type for example in EXAMPLES} == TABLE.keys()


@pytest.mark.parametrize("example", EXAMPLES, ids=IDS)
def test_nodes_of_another_signature_are_refused(example: Example) -> None:
    row = TABLE[example.type]
    inputs = row["inputs"]

    def refuses(wrong: Example, outputs: list[str] | None = None) -> None:
        with pytest.raises(Error, match=rf"^node 1 \({example.type}\): "):
            infer(model(wrong, outputs))

    for i, (_, kind, _) in enumerate(inputs[: len(example.inputs)]):
        if kind != "optional":
            refuses(replace(example, inputs=(*example.inputs[:i], None, *example.inputs[i + 1 :])))
            refuses(replace(example, inputs=example.inputs[:i]))
    refuses(replace(example, inputs=(*example.inputs, None)))
    if not inputs or inputs[-1][1] != "variadic":
        more = (floats(1),) * (len(inputs) + 1 - len(example.inputs))
        refuses(replace(example, inputs=(*example.inputs, *more)))
    refuses(example, [f"o{i}" for i in range(example.outputs)] + [""])
    refuses(replace(example, attributes={**example.attributes, "of_another": 1}))
    for name, rule in row["attributes"].items():
        for wrong in wrong_values(rule):
            refuses(replace(example, attributes={**example.attributes, name: wrong}))
        if rule["required"]:
            rest = {key: value for key, value in example.attributes.items() if key != name}
            refuses(replace(example, attributes=rest))


def wrong_values(rule: dict[str, Any]) -> list[Any]:
    """Values of another type, and beside the range."""
    types = onnx.AttributeProto
    of_other_type = {types.FLOAT: "text", types.STRING: 1.5}.get(rule["type"], 0.5)
    beside = [
        end for end in (rule["range"][0] - 1, rule["range"][1] + 1) if -(2**63) <= end < 2**63
    ]
    if rule["type"] == types.INT:
        return [of_other_type, *beside]
    if rule["type"] == types.INTS:
        return [of_other_type, *([end] for end in beside)]
    if rule["choices"]:
        wrong = "of_another"
        return [of_other_type, [wrong] if rule["type"] == types.STRINGS else wrong]
    return [of_other_type]


X = floats(2, 3, 8)
DOUBLES = X.astype(np.float64)


def gru(**inputs: Array) -> Example:
    shapes: dict[str, Array] = {
        "X": floats(5, 2, 3),
        "W": floats(1, 12, 3),
        "R": floats(1, 12, 4),
        "B": floats(1, 24),
        "sequence_lens": None,
        "initial_h": floats(1, 2, 4),
    }
    return Example("GRU", tuple({**shapes, **inputs}.values()), {"hidden_size": 4})


MISFITS = [
    Example("Add", (X, floats(5))),
    Example("Add", (X, DOUBLES)),
    Example("Exp", (int64(1),)),
    Example("Not", (X,)),
    Example("Div", (int64(1), scalar(0))),
    Example("Div", (int64(-(2**63)), int64(-1))),
    Example("Mod", (int64(1), scalar(-1))),
    Example("Mod", (X, X)),
    Example("PRelu", (floats(8), X)),
    Example("Where", (X > 0.5, X, DOUBLES)),
    Example("Clip", (X, floats(1))),
    Example("Cast", (X,), {"to": 8}),
    Example("ReduceSum", (X, int64(3))),
    Example("ReduceSum", (X, int64(1, -2))),
    Example("ReduceSum", (X, scalar(1))),
    Example("ArgMax", (floats(),)),
    Example("Softmax", (X,), {"axis": 3}),
    Example("Softmax", (floats(),)),
    Example("CumSum", (X, scalar(-4))),
    Example("CumSum", (X, int64(0, 1))),
    Example("TopK", (X, int64(9)), outputs=2),
    Example("TopK", (X, int64(0)), outputs=2),
    Example("TopK", (X, scalar(1)), outputs=2),
    Example("GlobalMaxPool", (floats(2, 3),)),
    Example("GlobalMaxPool", (floats(1, 1, 1, 1, 1, 1),)),
    Example("Cast", (X,), {"to": 6, "saturate": 0}),
    Example("Squeeze", (floats(1, 3), scalar(0))),
    Example("Constant", ()),
    Example("Constant", (), {"value_int": 1, "value_float": 1.0}),
    Example("Identity", (floats(0),)),
    Example("Reshape", (X, int64(-1, -1))),
    Example("Reshape", (X, int64(5, -1))),
    Example("Reshape", (X, int64(6, 8, 0, 0))),
    Example("Reshape", (X, int64(0, -1)), {"allowzero": 1}),
    Example("Reshape", (X, int64(2**62, 4))),
    Example("Reshape", (X, int64(-2, -24))),
    Example("Reshape", (floats(1), int64(*[1] * 9))),
    Example("Flatten", (X,), {"axis": 4}),
    Example("Squeeze", (X, int64(0))),
    Example("Squeeze", (floats(1, 2), int64(0, 0))),
    Example("Squeeze", (floats(1, 2), int64())),
    Example("Unsqueeze", (X, int64(4))),
    Example("Unsqueeze", (X, int64(0, 0))),
    Example("Unsqueeze", (X, int64(*range(3, 9)))),
    Example("Concat", (X, floats(2, 3)), {"axis": 0}),
    Example("Concat", (X, floats(3, 3, 8)), {"axis": 1}),
    Example("Concat", (floats(), floats()), {"axis": 0}),
    Example("Split", (X, int64(3, 4)), {"axis": 2}, outputs=2),
    Example("Split", (X, int64(9, -1)), {"axis": 2}, outputs=2),
    Example("Split", (X, int64(4, 4)), {"axis": 2}, outputs=3),
    Example("Split", (X,), {"axis": 2, "num_outputs": 2}, outputs=3),
    Example("Split", (X,), {"axis": 2, "num_outputs": 5}, outputs=5),
    Example("Split", (X,), {"axis": 2}, outputs=2),
    Example("Slice", (X, int64(1), int64(1))),
    Example("Slice", (X, int64(1), int64(2, 3))),
    Example("Slice", (X, int64(0), int64(1), int64(0), int64(0))),
    Example("Slice", (X, int64(-1), int64(-9), int64(2), int64(-(2**63)))),
    Example("Slice", (X, int64(0, 0), int64(1, 1), int64(1, -2))),
    Example("Slice", (X, int64(0), int64(1), int64(3))),
    Example("Slice", (X, scalar(0), scalar(1))),
    Example("Slice", (X, int64(0), np.array([1], np.int32))),
    Example("Pad", (X, int64(0, 0, -9, 0, 0, 20))),
    Example("Pad", (X, int64(0, 0, -4, 0, 0, -4))),
    Example("Pad", (X, int64(0, 0, -8, 0, 0, 3))),
    Example("Pad", (X, int64(0, 0, 0, 0, 0, 2**62))),
    Example("Pad", (X, int64(1, 1))),
    Example("Pad", (X, int64(0, 0, 8, 0, 0, 0)), {"mode": "reflect"}),
    Example("Pad", (X, int64(0, 0, 9, 0, 0, 0)), {"mode": "wrap"}),
    Example("Pad", (X, int64(0, 0, -1, 0, 0, 1)), {"mode": "edge"}),
    Example("Pad", (X, int64(1, 1, 1, 1), None, int64(1, -2))),
    Example("Pad", (X, int64(0, 0, 1, 0, 0, 1), floats(2))),
    Example("Transpose", (X,), {"perm": [0, 1]}),
    Example("Transpose", (X,), {"perm": [0, 1, 1]}),
    Example("Transpose", (X,), {"perm": [0, 1, 3]}),
    Example("Trilu", (floats(3),)),
    Example("Trilu", (X, scalar(2**62))),
    Example("Gather", (X, int64(3)), {"axis": 1}),
    Example("Gather", (X, int64(-9)), {"axis": 2}),
    Example("Gather", (floats(), int64(0))),
    Example("GatherElements", (X, zeros(2, 3))),
    Example("GatherElements", (X, zeros(2, 4, 8)), {"axis": 0}),
    Example("GatherElements", (X, zeros(2, 3, 8) + 2), {"axis": 0}),
    Example("GatherND", (X, zeros(1, 4))),
    Example("GatherND", (X, zeros(3, 1)), {"batch_dims": 1}),
    Example("GatherND", (X, zeros(2, 1)), {"batch_dims": 2}),
    Example("GatherND", (X, scalar(0))),
    Example("ScatterElements", (X, zeros(1, 2, 8), floats(1, 2, 7))),
    Example("ScatterElements", (X, zeros(3, 2, 8), floats(3, 2, 8))),
    Example("ScatterElements", (X, zeros(1, 2, 8) + 2, floats(1, 2, 8))),
    Example("ScatterND", (X, zeros(1, 4), floats(1))),
    Example("ScatterND", (X, zeros(1, 2), floats(1, 7))),
    Example("MatMul", (X, floats(7, 4))),
    Example("MatMul", (X, floats(3, 8, 4))),
    Example("MatMul", (X, floats())),
    Example("Gemm", (X, floats(8, 8))),
    Example("Gemm", (floats(3, 8), floats(7, 8))),
    Example("Gemm", (floats(3, 8), floats(8, 5), floats(3, 2))),
    Example("Einsum", (X, X), {"equation": "abc->abc"}),
    Example("Einsum", (X,), {"equation": "ab->a"}),
    Example("Einsum", (X,), {"equation": "abc->abe"}),
    Example("Einsum", (X,), {"equation": "aac->ac"}),
    Example("Einsum", (X,), {"equation": "...c->c"}),
    Example("Einsum", (X,), {"equation": "abc"}),
    Example("Einsum", (X,), {"equation": "abc->a->b"}),
    Example("Einsum", (X, floats(7)), {"equation": "abc,c->ab"}),
    Example("Einsum", (X, X, X), {"equation": "abc,abc,abc->a"}),
    Example("DFT", (floats(2, 8, 3),)),
    Example("DFT", (floats(1),)),
    Example("DFT", (floats(2, 8, 1), None, scalar(2))),
    Example("DFT", (floats(2, 8, 1), None, scalar(-4))),
    Example("DFT", (floats(2, 8, 1), scalar(0))),
    Example("DFT", (floats(2, 8, 1), scalar(2**40))),
    Example("DFT", (floats(2, 8, 2),), {"onesided": 1}),
    Example("Conv", (X, floats(4, 3, 9))),
    Example("Conv", (X, floats(4, 2, 3))),
    Example("Conv", (X, floats(4, 3))),
    Example("Conv", (X, floats(4, 1, 3)), {"group": 3}),
    Example("Conv", (X, floats(4, 3, 3), floats(3))),
    Example("Conv", (X, floats(4, 3, 3)), {"kernel_shape": [4]}),
    Example("Conv", (X, floats(4, 3, 3)), {"strides": [1, 1]}),
    Example("Conv", (X, floats(4, 3, 3)), {"pads": [1]}),
    Example("Conv", (X, floats(4, 3, 3)), {"pads": [1, 1], "auto_pad": "VALID"}),
    Example("Conv", (floats(2, 3), floats(4, 3))),
    Example("ConvTranspose", (X, floats(2, 4, 3))),
    Example("ConvTranspose", (X, floats(3, 4, 3)), {"output_padding": [1]}),
    Example("ConvTranspose", (X, floats(3, 4, 3)), {"output_padding": [1], "dilations": [2]}),
    Example("ConvTranspose", (X, floats(3, 4, 3)), {"pads": [5, 5]}),
    Example("ConvTranspose", (X, floats(3, 4, 3), floats(3))),
    Example("MaxPool", (X,), {"kernel_shape": [9]}),
    Example("MaxPool", (X,), {"kernel_shape": [3], "pads": [3, 0]}),
    Example("AveragePool", (X,), {"kernel_shape": [3, 3]}),
    Example("BatchNormalization", (X, floats(3), floats(3), floats(3), floats(2))),
    Example("InstanceNormalization", (X, floats(1), floats(1))),
    Example("LayerNormalization", (X, floats(7))),
    Example("LayerNormalization", (X, floats(8)), {"axis": 1}),
    Example("LayerNormalization", (X, floats(8)), {"axis": -4}),
    gru(X=floats(5, 3)),
    gru(W=floats(1, 12, 4)),
    gru(R=floats(1, 12, 3)),
    gru(B=floats(1, 12)),
    gru(sequence_lens=np.array([5, 5], np.int32)),
    gru(initial_h=floats(1, 3, 4)),
    replace(gru(), attributes={"hidden_size": 3}),
    replace(gru(), attributes={"hidden_size": 4, "direction": "bidirectional"}),
    replace(gru(), attributes={"hidden_size": 4, "activations": ["Tanh"]}),
]


@pytest.mark.parametrize("wrong", MISFITS, ids=[f"{i}-{m.type}" for i, m in enumerate(MISFITS)])
def test_nodes_whose_shapes_do_not_fit_are_refused(wrong: Example) -> None:
    with pytest.raises(Error, match=rf"^node 1 \({wrong.type}\): "):
        infer(model(wrong))
