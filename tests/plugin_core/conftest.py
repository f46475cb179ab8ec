from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from pedalboard.io import ReadableAudioFile, WriteableAudioFile
from tonecast import Effect
from tonecast.plugin_core.effect_files.catalog import user_folder
from tonecast.plugin_core.effect_files.contract import (
    Contract,
    ParityRecord,
    PredictorTiming,
    Provenance,
)

Samples = NDArray[np.float32]


@pytest.fixture
def noise() -> Callable[..., Samples]:
    def make(channels: int, samples: int, seed: int = 1) -> Samples:
        rng = np.random.default_rng(seed)
        return (0.1 * rng.standard_normal((channels, samples))).astype(np.float32)

    return make


@pytest.fixture
def write_audio() -> Callable[..., Path]:
    def write(path: Path, audio: Samples, sample_rate_hz: int = 48000, bit_depth: int = 16) -> Path:
        channels = audio.shape[0]
        with WriteableAudioFile(str(path), sample_rate_hz, channels, bit_depth) as file:
            file.write(audio)
        return path

    return write


@pytest.fixture
def read_audio() -> Callable[[Path], Samples]:
    def read(path: Path) -> Samples:
        with ReadableAudioFile(str(path)) as file:
            return file.read(file.frames)

    return read


@pytest.fixture
def own_effects(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's own folder of effects: an empty one."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    folder = user_folder()
    folder.mkdir(parents=True)
    return folder


@pytest.fixture
def effect() -> Effect:
    """The resonance equalizer at full strength, so that it cannot be mistaken for dry."""
    return Effect("resonance-eq", attenuation=1.0)


@pytest.fixture
def predictor(tmp_path: Path) -> Callable[..., Path]:
    """Writes predictor files: the mean magnitude of a window × gain + offset, at most 1."""
    onnx = pytest.importorskip("onnx", reason="making predictor files needs onnx")

    def make(
        gain: float = 4.0,
        offset: float = 0.0,
        smoothing_s: float = 0.2,
        period_s: float = 0.1,
        name: str = "loudness",
    ) -> Path:
        from onnx import TensorProto, helper

        constants = {"gain": gain, "offset": offset, "most": 1.0}
        initializers = [
            helper.make_tensor(key, TensorProto.FLOAT, [], [value])
            for key, value in constants.items()
        ]
        initializers.append(helper.make_tensor("one", TensorProto.INT64, [1], [1]))
        nodes = [
            helper.make_node("Abs", ["audio"], ["magnitude"]),
            helper.make_node("ReduceMean", ["magnitude"], ["mean"], keepdims=0),
            helper.make_node("Mul", ["mean", "gain"], ["scaled"]),
            helper.make_node("Add", ["scaled", "offset"], ["moved"]),
            helper.make_node("Min", ["moved", "most"], ["clipped"]),
            helper.make_node("Reshape", ["clipped", "one"], ["value"]),
        ]
        graph = helper.make_graph(
            nodes,
            "predictor",
            [helper.make_tensor_value_info("audio", TensorProto.FLOAT, [2, 11025])],
            [helper.make_tensor_value_info("value", TensorProto.FLOAT, [1])],
            initializers,
        )
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=9)
        contract = Contract(
            kind="predictor",
            name=name,
            label="Loudness",
            description="For tests.",
            sample_rate_hz=22050,
            provenance=Provenance("none", ("GPL-3.0-or-later",), {}, "2026-11-21"),
            parity=ParityRecord("", "", 1e-5, 0.0, ()),
            predictor=PredictorTiming(11025, period_s, smoothing_s),
        )
        onnx.helper.set_model_props(model, {"tonecast.contract": contract.to_json()})
        path = tmp_path / f"{name}-{gain}-{offset}-{smoothing_s}.onnx"
        path.write_bytes(model.SerializeToString())
        return path

    return make


@pytest.fixture
def ring(tmp_path: Path) -> Path:
    """An effect file: its input times its side-chain, in blocks of 64 samples at 48 kHz."""
    onnx = pytest.importorskip("onnx", reason="making effect files needs onnx")
    from onnx import TensorProto, helper

    sound = {
        name: helper.make_tensor_value_info(name, TensorProto.FLOAT, ["channels", 64])
        for name in ("block", "sidechain", "block_out")
    }
    graph = helper.make_graph(
        [helper.make_node("Mul", ["block", "sidechain"], ["block_out"])],
        "ring",
        [sound["block"], sound["sidechain"]],
        [sound["block_out"]],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=9)
    contract = Contract(
        kind="effect",
        form="causal",
        name="ring",
        label="Ring",
        description="For tests.",
        sample_rate_hz=48000,
        frame_size_samples=64,
        provenance=Provenance("none", ("GPL-3.0-or-later",), {}, "2026-11-28"),
        parity=ParityRecord("", "", 1e-5, 0.0, ()),
        sidechain=True,
    )
    onnx.helper.set_model_props(model, {"tonecast.contract": contract.to_json()})
    path = tmp_path / "ring.onnx"
    path.write_bytes(model.SerializeToString())
    return path
