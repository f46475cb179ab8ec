"""Files that do more than make sound: each is refused when it is read, before ONNX Runtime sees it.

It dies of those among CRASHES, and the process of whoever opened the file with it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tonecast import Effect, Error
from tonecast.plugin_core.effect_files.catalog import read_effect
from tonecast.plugin_core.effect_files.contract import (
    Contract,
    Control,
    ParityRecord,
    Provenance,
)

onnx = pytest.importorskip("onnx", reason="making effect files needs onnx")
node = onnx.helper.make_node

Write = Callable[..., Path]
FRAME_SIZE = 64

CONTRACT = Contract(
    kind="effect",
    name="hostile",
    label="Hostile",
    description="For tests.",
    sample_rate_hz=48_000,
    frame_size_samples=FRAME_SIZE,
    hop_size_samples=FRAME_SIZE,
    hop_sizes_samples=(FRAME_SIZE,),
    provenance=Provenance("none", ("GPL-3.0-or-later",), {}, "2026-11-20"),
    parity=ParityRecord("", "", 1e-5, 0.0, ()),
)


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write(
        nodes: Sequence[Any] = (),
        contract: str = CONTRACT.to_json(),
        controls: Sequence[str] = (),
        **constants: Any,
    ) -> Path:
        """An effect that plays its input, and computes `nodes` besides."""
        make = onnx.helper.make_tensor_value_info
        sound = ["channels", FRAME_SIZE]
        graph = onnx.helper.make_graph(
            [*nodes, node("Identity", ["frame"], ["frame_out"])],
            "graph",
            [make("frame", 1, sound), *(make(name, 1, []) for name in controls)],
            [make("frame_out", 1, sound)],
            [onnx.numpy_helper.from_array(np.asarray(v), k) for k, v in constants.items()],
        )
        opsets = [onnx.helper.make_opsetid("", 20)]
        model = onnx.helper.make_model(graph, opset_imports=opsets, ir_version=9)
        onnx.helper.set_model_props(model, {"tonecast.contract": contract})
        path = tmp_path / "hostile.onnx"
        path.write_bytes(model.SerializeToString())
        return path

    return write


def refuses(path: Path, why: str) -> None:
    with pytest.raises(Error, match=f"^{re.escape(str(path))}: {re.escape(why)}"):
        read_effect(path)


def test_the_rest_of_these_files_can_be_played(write: Write) -> None:
    effect = Effect(write([node("Abs", ["frame"], ["y"])]))
    sound = np.linspace(-1, 1, 4096, dtype=np.float32)
    np.testing.assert_array_equal(effect(sound, 48_000), sound)


ONES = np.ones(FRAME_SIZE, np.float32)

CRASHES = {
    **{
        f"{operator} without a name": ([node(operator, ["frame", ""], ["y"])], {})
        for operator in ("Sum", "Mean", "Max", "Min")
    },
    "Einsum without a name": (
        [node("Einsum", ["frame", ""], ["y"], equation="ij,ij->ij")],
        {},
    ),
    "DFT with names left out at the end": (
        [node("Unsqueeze", ["frame", "axis"], ["x"]), node("DFT", ["x", "", ""], ["y"])],
        {"axis": [2]},
    ),
    "LayerNormalization with a name left out at the end": (
        [node("LayerNormalization", ["frame", "scale", ""], ["y"])],
        {"scale": ONES},
    ),
    "Pad that takes away more than there is": (
        [node("Pad", ["frame", "pads"], ["x"]), node("Slice", ["x", "from", "to"], ["y"])],
        {"pads": [0, -200, 0, 300], "from": [0, 0], "to": [1, 1]},
    ),
    "GatherND with negative batch_dims": (
        [node("GatherND", ["frame", "indices"], ["y"], batch_dims=-3)],
        {"indices": [[0]]},
    ),
    "the least integer divided by -1": (
        [
            node("Cast", ["frame"], ["i"], to=7),
            node("Mul", ["i", "zero"], ["nothing"]),
            node("Add", ["nothing", "least"], ["l"]),
            node("Div", ["l", "minus_one"], ["y"]),
        ],
        {"zero": 0, "least": -(2**63), "minus_one": -1},
    ),
}


@pytest.mark.parametrize(("nodes", "constants"), CRASHES.values(), ids=CRASHES)
def test_graph_that_onnxruntime_dies_of_is_refused(
    write: Write, nodes: list[Any], constants: dict[str, Any]
) -> None:
    refuses(write(nodes, **constants), "node ")


def test_constants_that_loading_would_compute_are_bounded(write: Write) -> None:
    """Thirty of them are 2 GB, out of a file of 33 kB."""
    nodes = [node("Add", ["row", "column"], [f"y{i}"]) for i in range(30)]
    row = np.arange(4000, dtype=np.float32)
    path = write(nodes, row=row, column=row[:, None])
    assert path.stat().st_size < 40_000
    refuses(path, "loading it would compute more than 128 MiB of constants")


def test_time_that_loading_would_take_is_bounded(write: Write) -> None:
    ones = np.ones((2000, 1), np.float32)
    nodes = [
        node("Mul", ["ones", "row"], ["square"]),
        node("MatMul", ["square", "square"], ["y"]),
    ]
    refuses(write(nodes, ones=ones, row=ones.T), "loading it would compute more than")


def test_memory_and_time_of_a_frame_are_bounded(write: Write) -> None:
    constants = {"axis": [2], "row": np.ones((1, 1, 100_000), np.float32)}
    wide = [node("Unsqueeze", ["frame", "axis"], ["x"]), node("Mul", ["x", "row"], ["w"])]
    refuses(
        write([*wide, *(node("Abs", ["w"], [f"y{i}"]) for i in range(12))], **constants),
        "a frame of it takes more than 256 MiB of memory a channel",
    )
    slow = [node("Tan", ["w"], [f"y{i}"]) for i in range(3)]
    refuses(
        write([*wide, *slow], **constants),
        "a frame of it takes more computing than any machine can do in time",
    )


def test_long_graphs_are_refused(write: Write) -> None:
    """ONNX Runtime's optimiser takes a time that grows faster than the number of nodes."""
    nodes = [node("Abs", ["frame"], ["x0"])]
    nodes += [node("Abs", [f"x{i}"], [f"x{i + 1}"]) for i in range(5_000)]
    refuses(write(nodes), "it has more than 5000 nodes")


def changed(*path: str, to: Any) -> str:
    data = json.loads(CONTRACT.to_json())
    inside = data
    for key in path[:-1]:
        inside = inside[key]
    inside[path[-1]] = to
    return json.dumps(data)


@pytest.mark.parametrize(
    ("path", "to"),
    [
        (("provenance", "licences"), "none"),
        (("provenance", "losses"), {"esr": "small"}),
        (("parity", "signals"), [{"name": "noise"}]),
        (("parity", "tolerance"), None),
    ],
)
def test_refusal_of_the_evidence_names_the_file(write: Write, path: Any, to: Any) -> None:
    refuses(write(contract=changed(*path, to=to)), "contract: ")


@pytest.mark.parametrize(
    "path", [("label",), ("description",), ("provenance", "data"), ("provenance", "date")]
)
@pytest.mark.parametrize("character", ["\x1b", "\n", "\x00", "\x7f", "\x9b", "\u202e", "\u2066"])
def test_texts_cannot_steer_a_terminal(write: Write, path: Any, character: str) -> None:
    refuses(write(contract=changed(*path, to=f"Delay{character}[2J")), 'contract: "Delay')


@pytest.mark.parametrize("name", ["self", "name_or_path", "device", "mix", "process", "in", "none"])
def test_control_that_python_cannot_name_is_refused(write: Write, name: str) -> None:
    control = Control(name, "Knob", "", "linear", 0.0, 1.0, 0.5)
    data = json.loads(CONTRACT.to_json())
    data["controls"] = [{**vars(control), "min": 0.0, "max": 1.0}]
    path = write(contract=json.dumps(data), controls=[name])
    if name == "none":  # that is no keyword
        assert Effect(path, none=0.25).none == 0.25
        return
    with pytest.raises(Error, match=f"^{re.escape(str(path))}: a control cannot be named '{name}'"):
        Effect(path)
