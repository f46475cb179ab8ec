"""`tonecast verify` is only worth something if it fails when something changed."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import tonecast
from tonecast.plugin_core.effect_files.contract import Contract, ParitySignal, contract_sha256
from tonecast.plugin_core.effect_files.parity import make_frames
from tonecast.plugin_core.effect_files.uniform import uniform
from tonecast.plugin_core.effect_files.windows import make_window

onnx = pytest.importorskip("onnx", reason="editing effect files needs onnx")

KEY = "tonecast.contract"
SHIPPED = sorted(
    (Path(tonecast.plugin_core.__file__).parents[1] / "models/artifacts").glob("*.onnx")
)
(EQUALIZER,) = (path for path in SHIPPED if path.stem == "resonance-eq-48k")


def reads_contract(path: Path) -> Contract:
    return Contract.from_json(tonecast.plugin_core._engine.EffectFile(str(path)).contract_json)


@pytest.fixture
def effect(tmp_path: Path) -> Path:
    """A copy of a shipped effect, to be damaged."""
    copy = tmp_path / "effect.onnx"
    copy.write_bytes(EQUALIZER.read_bytes())
    return copy


def edit_graph(path: Path, edit: Callable[[onnx.GraphProto], None]) -> None:
    model = onnx.load(path)
    edit(model.graph)
    path.write_bytes(model.SerializeToString())


def edit_contract(path: Path, edit: Callable[[dict], None], *, sealed: bool = False) -> None:
    model = onnx.load(path)
    entry = next(entry for entry in model.metadata_props if entry.key == KEY)
    data = json.loads(entry.value)
    edit(data)
    if sealed:
        data["parity"]["contract_sha256"] = contract_sha256(json.dumps(data))
    entry.value = json.dumps(data)
    path.write_bytes(model.SerializeToString())


def test_untouched_file_passes(effect: Path) -> None:
    report = tonecast.verify(effect)
    assert report.passed
    assert report.differences == ()
    assert report.largest_difference <= report.tolerance


def test_changed_weight_is_found(effect: Path) -> None:
    def scale(graph: onnx.GraphProto) -> None:
        weight = next(w for w in graph.initializer if w.name == "dft.inverse_rows")
        values = onnx.numpy_helper.to_array(weight) * np.float32(1.01)
        weight.CopyFrom(onnx.numpy_helper.from_array(values, weight.name))

    edit_graph(effect, scale)
    report = tonecast.verify(effect)
    assert any("graph" in difference for difference in report.differences)
    assert any("PyTorch by" in difference for difference in report.differences)
    assert report.largest_difference > report.tolerance


def test_single_changed_bit_of_the_graph_is_found(effect: Path) -> None:
    """Even one that no test signal could make heard."""
    content = bytearray(effect.read_bytes())
    weight = onnx.load(effect).graph.initializer[0].raw_data
    content[content.index(weight)] ^= 1
    effect.write_bytes(content)
    assert any("graph" in difference for difference in tonecast.verify(effect).differences)


@pytest.mark.parametrize("sealed", [False, True], ids=["as it is", "with the seal renewed"])
def test_edited_record_is_found(effect: Path, sealed: bool) -> None:
    def move_a_sample(data: dict) -> None:
        data["parity"]["signals"][2]["values"][5] += 1e-3

    edit_contract(effect, move_a_sample, sealed=sealed)
    differences = tonecast.verify(effect).differences
    assert any("noise" in difference for difference in differences)


def test_edited_control_range_is_found(effect: Path) -> None:
    def widen(data: dict) -> None:
        data["controls"][0]["max"] = 4.0

    edit_contract(effect, widen)
    assert any("contract" in difference for difference in tonecast.verify(effect).differences)


def test_record_without_signals_proves_nothing(effect: Path) -> None:
    edit_contract(effect, lambda data: data["parity"].update(signals=[]), sealed=True)
    assert not tonecast.verify(effect).passed


@pytest.mark.parametrize(
    "change",
    [
        {"frames": 0},
        {"frames": 10**9},
        {"channels": 9},
        {"seed": -1},
        {"probes": [10**9], "values": [0.0]},
        {"probes": [1, 2], "values": [0.0]},
        {"controls": {"volume": 11}},
    ],
    ids=str,
)
def test_signal_that_cannot_be_played_is_refused(effect: Path, change: dict) -> None:
    """In one message, not with a traceback or a full memory."""
    edit_contract(effect, lambda data: data["parity"]["signals"][0].update(change))
    with pytest.raises(tonecast.Error, match=r"effect\.onnx.*silence.*cannot be played"):
        tonecast.verify(effect)


def test_nan_is_a_difference(effect: Path) -> None:
    def poison(graph: onnx.GraphProto) -> None:
        weight = next(w for w in graph.initializer if w.name == "dft.inverse_rows")
        values = onnx.numpy_helper.to_array(weight) * np.float32("nan")
        weight.CopyFrom(onnx.numpy_helper.from_array(values, weight.name))

    edit_graph(effect, poison)
    report = tonecast.verify(effect)
    assert len(report.differences) > 1
    assert np.isnan(report.largest_difference)


def test_signals_are_the_same_everywhere() -> None:
    """Otherwise a file that passes here fails on another machine or with another NumPy."""
    top_24_bits = (uniform(seed=1, count=4) * 2**24).astype(int)
    # From the paper's definition, written out with integers: key (1, 0), counter (1, 0, 0, 0).
    assert top_24_bits.tolist() == [5093026, 14238970, 2619506, 521879]


def test_frames_overlap_at_the_hop_and_are_windowed() -> None:
    contract = reads_contract(SHIPPED[-1])
    size, hop = contract.frame_size_samples, contract.hop_size_samples
    signal = replace(contract.parity.signals[2], frames=3, channels=2)
    frames = make_frames(contract, signal).astype(np.float64)
    window = make_window("hann", size).astype(np.float64)
    assert frames.shape == (3, 2, size)
    inner = slice(1, None)  # a Hann window starts with a zero
    audio = [frame[:, inner] / window[inner] for frame in frames]
    np.testing.assert_allclose(audio[0][:, hop:], audio[1][:, :-hop], atol=1e-6)
    assert 0.2 < np.std(audio[0]) < 0.4


@pytest.mark.parametrize("recipe", ["silence", "impulse", "tones", "noise"])
def test_every_recipe_makes_a_signal_within_full_scale(recipe: str) -> None:
    contract = reads_contract(SHIPPED[-1])
    signal: ParitySignal = replace(contract.parity.signals[2], recipe=recipe)
    frames = make_frames(contract, signal)
    assert np.all(np.abs(frames) <= 1)
    assert np.any(frames) == (recipe != "silence")
