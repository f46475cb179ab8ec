"""Small random graphs of the operators that effects may use, as effect files.

Most nodes fit, so that they get as far as ONNX Runtime (`plausible_nodes.py`). Others have inputs
and attributes as their operator's schema names them, of any shape and value: some are missing,
empty, one too many or of another type. Whatever a node gives is added up and joined to the output,
so that it is computed.
"""

from __future__ import annotations

import json
import random
import re
import struct
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

import numpy as np
from onnx import TensorProto, defs, helper, numpy_helper
from plausible_nodes import plausible

OPERATORS = Path(__file__).parents[2] / "cpp_host/engine/effect_file/graph_check/operators.cpp"
FRAME_SAMPLES = 16
PLAUSIBLE = 0.85  # of the nodes
OPSET_VERSIONS = (20,) * 30 + (13, 19, 21)  # files of another set are refused

INTEGERS = (0, 1, 2, 3, 4, 5, 7, 8, 16, 17, -1, -2, -3, -4, -8, 64, 1000, 65536)
ABSURD = (2**31 - 1, -(2**31), 2**31, 2**40, 2**62, 2**63 - 1, -(2**63))
FLOATS = (0.0, 1.0, -1.0, 0.5, 1e-5, 1e30, -1e30, float("inf"), float("nan"))
WORDS = {
    "auto_pad": ("NOTSET", "SAME_UPPER", "SAME_LOWER", "VALID"),
    "mode": ("constant", "reflect", "edge", "wrap"),
    "direction": ("forward", "reverse", "bidirectional", "LEFT"),
    "reduction": ("none", "add", "mul", "max", "min"),
    "approximate": ("none", "tanh"),
    "equation": (
        "ij->i",
        "ij,ij->ij",
        "ij,jk->ik",
        "...i->...",
        "ii->i",
        "ij->",
        "i,i->",
        "->",
        ",->",
        "abc,bcd->ad",
        "i...,i...",
        "ij,ij,ij->j",
        "z" * 30,
    ),
}
SHAPES = ((), (1,), (2,), (3,), (4,), (16,), (1, 16), (2, 16), (16, 16), (1, 1, 16), (3, 1, 4))
SHAPES += ((4, 4, 1, 3), (1, 2, 3, 4), (0,), (0, 16), (2, 1, 1, 1, 3))
ELEMENT_TYPES = {
    "tensor(float)": np.float32,
    "tensor(double)": np.float64,
    "tensor(float16)": np.float16,
    "tensor(int64)": np.int64,
    "tensor(int32)": np.int32,
    "tensor(bool)": np.bool_,
    "tensor(uint8)": np.uint8,
}

CONTRACT = {
    "version": 1,
    "kind": "effect",
    "name": "fuzz",
    "label": "Fuzz",
    "description": "",
    "sample_rate_hz": 48000,
    "frame_size_samples": FRAME_SAMPLES,
    "hop_size_samples": FRAME_SAMPLES,
    "hop_sizes_samples": [FRAME_SAMPLES],
    "analysis_window": "none",
    "synthesis_window": "none",
    "controls": [],
    "predictor": None,
    "provenance": {"data": "none", "licences": ["CC0-1.0"], "losses": {}, "date": "2026-01-01"},
    "parity": {
        "graph_sha256": "0" * 64,
        "contract_sha256": "0" * 64,
        "tolerance": 1e-5,
        "largest_difference": 0.0,
        "signals": [],
    },
}


def effect_files(seed: int, count: int) -> Iterator[bytes]:
    """So many files, the same for the same seed."""
    draw = random.Random(seed)
    for _ in range(count):
        yield effect_file(draw)


def framed(files: Iterator[bytes]) -> Iterator[bytes]:
    """The files as `play_effect_files` reads them: each behind its length."""
    for file in files:
        yield struct.pack("<I", len(file)) + file


def effect_file(draw: random.Random) -> bytes:
    """One effect file: one to four random nodes."""
    graph = _Graph(draw, draw.choice(OPSET_VERSIONS))
    for _ in range(draw.choice((1, 1, 1, 2, 3, 4))):
        graph.add_random_node()
    return graph.effect_file()


@cache
def operators() -> tuple[str, ...]:
    """Those that effects may use."""
    table = OPERATORS.read_text(encoding="utf-8")
    names = {str(schema.name) for schema in defs.get_all_schemas() if schema.domain == ""}
    return tuple(sorted(names & set(re.findall(r'"(\w+)"', table))))


class _Graph:
    """A graph under construction; a Maker of tensors for plausible nodes."""

    def __init__(self, draw: random.Random, opset: int) -> None:
        self._draw = self.draw = draw
        self._opset = opset
        self._nodes: list[object] = []
        self._constants: list[TensorProto] = []
        self._names: dict[str, str] = {"frame": "tensor(float)"}  # with the likely element type
        self._sums: list[str] = []

    def add_random_node(self) -> None:
        draw = self._draw
        operator = draw.choice(operators())
        try:
            schema = defs.get_schema(operator, self._opset)
        except defs.SchemaError:  # younger than the operator set
            return
        fits = plausible(operator, self) if draw.random() < PLAUSIBLE else None
        inputs, attributes = fits or (self._inputs(schema), self._attributes(schema))
        attributes = {
            name: value for name, value in attributes.items() if name in schema.attributes
        }
        outputs = [
            f"out{len(self._nodes)}_{i}"
            for i in range(draw.choice((1, 1, 1, 2, 3)) if not fits else _outputs(operator, draw))
        ]
        node = helper.make_node(operator, inputs, outputs, **attributes)
        self._nodes.append(node)
        for output in outputs:
            self._names[output] = "tensor(float)"
            self._join(output)

    def data(self, shape: tuple[int, ...], kind: str = "float") -> str:
        """A tensor of that shape: a constant, or the mean of the sound's channels, stretched."""
        element_type, dtype = {
            "float": ("tensor(float)", np.float32),
            "int64": ("tensor(int64)", np.int64),
            "bool": ("tensor(bool)", np.bool_),
        }[kind]
        draw = self._draw
        if shape == (1, FRAME_SAMPLES) and kind == "float" and draw.random() < 0.5:
            return "frame"
        if draw.random() < 0.4:
            size = int(np.prod(shape))
            values = [draw.uniform(-1, 1) if kind == "float" else draw.randint(-2, 2)] * size
            return self._initializer(np.array(values, dtype).reshape(shape), element_type)
        # All elements of the sound in one, and that added to zeros of the shape: not a constant.
        name = f"data{len(self._nodes)}"
        self._nodes.append(helper.make_node("ReduceMax", ["frame"], [f"{name}_sum"], keepdims=0))
        zeros = self._initializer(np.zeros(shape, np.float32), "")
        self._nodes.append(helper.make_node("Add", [zeros, f"{name}_sum"], [f"{name}_float"]))
        self._nodes.append(
            helper.make_node(
                "Cast",
                [f"{name}_float"],
                [name],
                to=helper.np_dtype_to_tensor_dtype(np.dtype(dtype)),
            )
        )
        return name

    def integers(
        self, values: Sequence[int], shape: tuple[int, ...] | None = None, bits: int = 64
    ) -> str:
        """These numbers: as a constant, or now and then added to nothing while it plays."""
        dtype = np.dtype(f"int{bits}")
        limits = np.iinfo(dtype)
        array = np.clip(np.array(values, object), limits.min, limits.max).astype(dtype)
        name = self._initializer(array.reshape(shape if shape is not None else (-1,)), "")
        if self._draw.random() < 0.95:
            return name
        self._nodes.append(helper.make_node("ReduceMax", ["frame"], [f"{name}_sound"], keepdims=0))
        self._nodes.append(
            helper.make_node(
                "Cast",
                [f"{name}_sound"],
                [f"{name}_nothing"],
                to=TensorProto.INT64 if bits == 64 else TensorProto.INT32,
            )
        )
        self._nodes.append(helper.make_node("Add", [name, f"{name}_nothing"], [f"{name}_computed"]))
        return f"{name}_computed"

    def _initializer(self, array: np.ndarray, element_type: str) -> str:
        name = f"constant{len(self._constants)}"
        self._constants.append(numpy_helper.from_array(array, name))
        if element_type:
            self._names[name] = element_type
        return name

    def _attributes(self, schema: defs.OpSchema) -> dict[str, object]:
        return {
            name: value
            for name, attribute in schema.attributes.items()
            if attribute.required or self._draw.random() < 0.5
            if (value := self._attribute(name, attribute.type)) is not None
        }

    def _inputs(self, schema: defs.OpSchema) -> list[str]:
        draw = self._draw
        count = draw.randint(schema.min_input, min(schema.max_input, schema.min_input + 3))
        if draw.random() < 0.05:
            count = max(0, count + draw.choice((-1, 1)))
        inputs = []
        for i in range(count):
            if i >= len(schema.inputs) and not schema.inputs:
                inputs.append("frame")
                continue
            parameter = schema.inputs[min(i, len(schema.inputs) - 1)]
            types = [str(t) for t in parameter.types if str(t) in ELEMENT_TYPES]
            inputs.append(self._input(types or ["tensor(float)"]))
        if inputs and draw.random() < 0.1:
            inputs[draw.randrange(len(inputs))] = ""
        return inputs

    def _input(self, types: list[str]) -> str:
        draw = self._draw
        wanted = "tensor(float)" if "tensor(float)" in types else draw.choice(types)
        if draw.random() < 0.1:
            wanted = draw.choice(types if draw.random() < 0.7 else list(ELEMENT_TYPES))
        known = [name for name, element_type in self._names.items() if element_type == wanted]
        if known and draw.random() < 0.6:
            return draw.choice(known)
        return self._constant(wanted)

    def _constant(self, element_type: str) -> str:
        draw = self._draw
        # Axes, pads, shapes: short lists of small integers more often than not.
        is_list = element_type == "tensor(int64)" and draw.random() < 0.8
        shape = (draw.randint(1, 5),) if is_list else draw.choice(SHAPES)
        size = int(np.prod(shape))
        values = [self._integer() for _ in range(size)]
        dtype = ELEMENT_TYPES[element_type]
        if dtype in (np.float32, np.float64, np.float16):
            few = draw.random() < 0.1
            with np.errstate(over="ignore"):
                array = np.array(
                    [draw.choice(FLOATS) if few else draw.uniform(-1, 1) for _ in values]
                ).astype(dtype)
        else:
            array = np.array(values, dtype=object)
            array = np.array([int(v) & 0xFF for v in array]) if dtype == np.uint8 else array
            array = np.array([_wrapped(int(v), dtype) for v in array], dtype=dtype)
        return self._initializer(array.reshape(shape), element_type)

    def _integer(self) -> int:
        return self._draw.choice(ABSURD if self._draw.random() < 0.03 else INTEGERS)

    def _attribute(self, name: str, kind: defs.OpSchema.AttrType) -> object:
        draw, types = self._draw, defs.OpSchema.AttrType
        if name == "to":
            return draw.choice((1, 6, 7, 9, 10, 11, 2, 16))
        if kind == types.INT:
            return self._integer()
        if kind == types.INTS:
            return [self._integer() for _ in range(draw.randint(1, 4))]
        if kind == types.FLOAT:
            return draw.choice(FLOATS)
        if kind == types.FLOATS:
            return [draw.choice(FLOATS) for _ in range(draw.randint(1, 4))]
        if kind == types.STRING:
            return draw.choice(WORDS.get(name, ("none",)))
        if kind == types.STRINGS and name == "activations":
            return [draw.choice(("Tanh", "Sigmoid", "Relu", "Nope")) for _ in range(3)]
        if kind == types.TENSOR:
            return numpy_helper.from_array(np.float32(draw.choice(FLOATS)).reshape(()))
        return None

    def _join(self, value: str) -> None:
        """Adds all elements up: a scalar, whatever the shape."""
        total = f"sum{len(self._sums)}"
        self._nodes.append(helper.make_node("Cast", [value], [f"{total}_cast"], to=1))
        self._nodes.append(helper.make_node("ReduceSum", [f"{total}_cast"], [total], keepdims=0))
        self._sums.append(total)

    def effect_file(self) -> bytes:
        last = "frame"
        for i, total in enumerate(self._sums):
            self._nodes.append(helper.make_node("Add", [last, total], [f"joined{i}"]))
            last = f"joined{i}"
        self._nodes.append(helper.make_node("Identity", [last], ["frame_out"]))
        shape = ["channels", FRAME_SAMPLES]
        graph = helper.make_graph(
            self._nodes,
            "g",
            [helper.make_tensor_value_info("frame", TensorProto.FLOAT, shape)],
            [helper.make_tensor_value_info("frame_out", TensorProto.FLOAT, shape)],
            self._constants,
        )
        opset = helper.make_opsetid("", self._opset)
        model = helper.make_model(graph, opset_imports=[opset], ir_version=9)
        helper.set_model_props(model, {"tonecast.contract": json.dumps(CONTRACT)})
        return model.SerializeToString()


def _outputs(operator: str, draw: random.Random) -> int:
    """How many a node that fits has."""
    if operator in ("Split", "TopK"):
        return 2
    several = {"LayerNormalization": 3, "LSTM": 3, "GRU": 2, "RNN": 2, "MaxPool": 2}
    return draw.randint(1, several.get(operator, 1))


def _wrapped(value: int, dtype: type) -> int:
    """As an integer of that type would hold it."""
    if dtype == np.bool_:
        return value & 1
    bits = np.iinfo(dtype).bits
    value &= 2**bits - 1
    signed = np.iinfo(dtype).min < 0
    return value - 2**bits if signed and value >= 2 ** (bits - 1) else value
