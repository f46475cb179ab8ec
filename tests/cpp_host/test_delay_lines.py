"""States that only shift, in random graphs, against ONNX Runtime with whole states: same bits."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnxruntime
import pytest
from numpy.typing import NDArray
from tonecast.plugin_core import _engine
from tonecast.plugin_core.effect_files.contract import Contract, ParityRecord, Provenance
from tonecast.plugin_core.effect_files.loading import load_model

onnx = pytest.importorskip("onnx", reason="making effect files needs onnx")

from onnx import TensorProto, helper, numpy_helper  # noqa: E402

CASES = 24


def contract(block_samples: int) -> Contract:
    return Contract(
        kind="effect",
        form="causal",
        name="random",
        label="Random",
        description="For tests.",
        sample_rate_hz=48000,
        provenance=Provenance("none", ("GPL-3.0-or-later",), {}, "2026-11-28"),
        parity=ParityRecord("", "", 1e-5, 0.0, ()),
        frame_size_samples=block_samples,
        hop_size_samples=block_samples,
        hop_sizes_samples=(block_samples,),
    )


def write_random(path: Path, random: np.random.Generator, block: int) -> dict[str, list[int]]:
    """A dilated convolution and a delay, [channels, block] to the same; their states' shapes.

    Rows are of one axis or two, in groups or not; one state does not begin with zeros.
    """
    rows = [int(random.choice([1, 8, 16]))] + [3] * int(random.integers(2))
    taps, delay = int(random.integers(2, 6)), int(random.integers(block, 5 * block + 3))
    dilation = int(random.integers(block + 1, 4 * block + 60))
    past, axis = dilation * (taps - 1), len(rows) + 1
    groups = int(random.choice([1, rows[0]]))
    around = [1] * (len(rows) - 1)  # the filter's reach along the second axis, on both sides

    def values(*shape: int) -> NDArray[np.float32]:
        return random.uniform(-0.5, 0.5, shape).astype(np.float32)

    constants = {
        "lift": values(1, *rows, 1),
        "weight": values(rows[0], rows[0] // groups, *[3 for _ in around], taps),
        "bias": values(rows[0]),
        "state.past.initial": values(1, *rows, past),
        "open": np.array([-1, *[1 for _ in rows], block]),
        "inner": np.arange(1, axis),
        "axis": np.array([axis]),
        "begin": np.array([0]),
        "frame": np.array([block]),
        "end": np.array([past + block]),
        "later": np.array([delay + block]),
    }
    spatial = {"dilations": [*around, dilation], "pads": [*around, 0, *around, 0], "group": groups}
    nodes = [
        helper.make_node("Reshape", ["block", "open"], ["row"]),
        helper.make_node("Mul", ["row", "lift"], ["x"]),
        helper.make_node("Concat", ["state.past", "x"], ["long"], axis=axis),
        helper.make_node("Slice", ["long", "frame", "end", "axis"], ["state.past.next"]),
        helper.make_node("Conv", ["long", "weight", "bias"], ["y"], **spatial),
        helper.make_node("Concat", ["state.late", "y"], ["late"], axis=axis),
        helper.make_node("Slice", ["late", "frame", "later", "axis"], ["state.late.next"]),
        helper.make_node("Slice", ["late", "begin", "frame", "axis"], ["delayed"]),
        helper.make_node("Add", ["delayed", "x"], ["sum"]),
        helper.make_node("ReduceMean", ["sum", "inner"], ["block_out"], keepdims=0),
    ]
    states = {"state.past": [*rows, past], "state.late": [*rows, delay]}

    def described(suffix: str, sound: str) -> list[onnx.ValueInfoProto]:
        shapes = {sound: [block]} | {name + suffix: shape for name, shape in states.items()}
        return [
            helper.make_tensor_value_info(name, TensorProto.FLOAT, ["channels", *shape])
            for name, shape in shapes.items()
        ]

    graph = helper.make_graph(
        nodes,
        "random",
        described("", "block"),
        described(".next", "block_out"),
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=9)
    helper.set_model_props(model, {"tonecast.contract": contract(block).to_json()})
    path.write_bytes(model.SerializeToString())
    return states


@pytest.mark.parametrize("case", range(CASES))
def test_delay_lines_play_the_bits_of_whole_states(case: int, tmp_path: Path) -> None:
    random = np.random.default_rng(case)
    path, block, channels = tmp_path / "random.onnx", (1, 3, 8, 64)[case % 4], 1 + case % 3
    shapes = write_random(path, random, block)
    # Filters in frames of one sample would be added up in another order.
    found = {"state.late"} if block == 1 else {"state.past", "state.late"}
    assert _engine.testing.delay_lines(str(path)).keys() == found

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(path, options, ["CPUExecutionProvider"])
    states = {name: np.zeros((channels, *shape), np.float32) for name, shape in shapes.items()}
    (initial,) = (one for one in onnx.load(path).graph.initializer if "initial" in one.name)
    states["state.past"] += numpy_helper.to_array(initial)
    runner = _engine.FrameRunner(load_model(path), channels)
    for _ in range(40):
        sound = random.uniform(-1, 1, (channels, block)).astype(np.float32)
        expected, *nexts = session.run(
            ["block_out", *(f"{name}.next" for name in states)], {"block": sound, **states}
        )
        states = dict(zip(states, nexts, strict=True))
        np.testing.assert_array_equal(runner.run(sound, {}), expected)
