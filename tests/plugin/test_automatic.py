"""The attenuation that a predictor sets, in the plugin as in Python."""

import os
import shutil
from pathlib import Path

import numpy as np
import pytest
import tonecast
from pedalboard import VST3Plugin
from tonecast import Effect
from tonecast.plugin_core.effect_files.contract import (
    Contract,
    ParityRecord,
    PredictorTiming,
    Provenance,
)

onnx = pytest.importorskip("onnx", reason="making predictor files needs onnx")

RATE_HZ = 48000


def write_predictor(path: Path, gain: float) -> Path:
    """A predictor of half a second: its mean magnitude × `gain`, at most 1."""
    helper, kind = onnx.helper, onnx.TensorProto
    graph = helper.make_graph(
        [
            helper.make_node("Abs", ["audio"], ["magnitude"]),
            helper.make_node("ReduceMean", ["magnitude"], ["mean"], keepdims=0),
            helper.make_node("Mul", ["mean", "gain"], ["scaled"]),
            helper.make_node("Min", ["scaled", "most"], ["clipped"]),
            helper.make_node("Reshape", ["clipped", "one"], ["value"]),
        ],
        "predictor",
        [helper.make_tensor_value_info("audio", kind.FLOAT, [2, 11025])],
        [helper.make_tensor_value_info("value", kind.FLOAT, [1])],
        [
            helper.make_tensor("gain", kind.FLOAT, [], [gain]),
            helper.make_tensor("most", kind.FLOAT, [], [1.0]),
            helper.make_tensor("one", kind.INT64, [1], [1]),
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=9)
    contract = Contract(
        kind="predictor",
        name="attenuation-live",
        label="Loudness",
        description="For tests.",
        sample_rate_hz=22050,
        provenance=Provenance("none", ("GPL-3.0-or-later",), {}, "2026-11-21"),
        parity=ParityRecord("", "", 1e-5, 0.0, ()),
        predictor=PredictorTiming(11025, 0.1, 0.2),
    )
    helper.set_model_props(model, {"tonecast.contract": contract.to_json()})
    path.write_bytes(model.SerializeToString())
    return path


@pytest.fixture(scope="module")
def with_predictor(vst3: str, tmp_path_factory) -> tuple[VST3Plugin, Path]:
    """The plugin from a bundle whose predictor follows the loudness, and that predictor."""
    folder = tmp_path_factory.mktemp("bundle")
    bundle = folder / "Tonecast.vst3"
    for file in Path(vst3).rglob("*"):
        if file.is_file() and file.name != "attenuation-live.onnx":
            place = bundle / file.relative_to(vst3)
            place.parent.mkdir(parents=True, exist_ok=True)
            # The binary as a copy: in this process a link would be the one that is loaded already.
            (shutil.copy if file.name == "Tonecast.so" else os.link)(file, place)
    effects = bundle / "Contents" / "Resources" / "effects"
    predictor = write_predictor(effects / "attenuation-live.onnx", 5.0)
    return VST3Plugin(str(bundle)), predictor


def swelling(noise) -> np.ndarray:
    return noise(2, 3 * RATE_HZ) * np.linspace(0.1, 2, 3 * RATE_HZ, dtype=np.float32)


def test_bounce_is_what_python_plays(with_predictor, noise):
    plugin, predictor = with_predictor
    plugin.attenuation_auto = True
    audio = swelling(noise)
    expected = Effect("resonance-eq", attenuation=f"auto:{predictor}")(audio, RATE_HZ)
    np.testing.assert_array_equal(plugin(audio, RATE_HZ), expected)
    assert np.abs(expected - Effect("resonance-eq")(audio, RATE_HZ)).max() > 0.01


def test_switched_off_the_number_holds(with_predictor, noise):
    plugin, _ = with_predictor
    plugin.attenuation_auto = True
    audio = swelling(noise)
    plugin(audio, RATE_HZ)
    plugin.attenuation_auto = False
    np.testing.assert_array_equal(plugin(audio, RATE_HZ), Effect("resonance-eq")(audio, RATE_HZ))


def test_effect_without_a_predictor_plays_as_ever(with_predictor, noise):
    plugin, _ = with_predictor
    plugin.attenuation_auto = True
    plugin.effect = "lowpass"
    audio = noise(2, 20_000)
    np.testing.assert_array_equal(plugin(audio, RATE_HZ), Effect("lowpass")(audio, RATE_HZ))
    plugin.effect = "resonance-eq"


def test_plugin_plays_with_the_shipped_predictor_as_python_does(load, noise, capfd):
    plugin = load()
    plugin.attenuation_auto = True
    audio = swelling(noise)
    played = plugin(audio, RATE_HZ)
    if "attenuation-live" in tonecast.shipped_effects():
        expected = Effect("resonance-eq", attenuation="auto")
        np.testing.assert_array_equal(played, expected(audio, RATE_HZ))
    else:  # the number holds, and it says why
        np.testing.assert_array_equal(played, Effect("resonance-eq")(audio, RATE_HZ))
        assert "attenuation-live is not in this plugin" in capfd.readouterr().err
