"""The controls that an effect file brings along, turned by the plugin's bank of parameters."""

import re
import time
from pathlib import Path

import numpy as np
import pytest
import tonecast
from pedalboard import Pedalboard, Reverb
from tonecast import Board, Effect
from tonecast.plugin_core.effect_files.contract import Contract, Control, ParityRecord, Provenance
from tonecast.plugin_core.plugin_hosting.juce_state import block, with_component, xml_of

onnx = pytest.importorskip("onnx", reason="making effect files needs onnx")

RATE_HZ = 48000
FRAME_SIZE = 64
DRIVE = Control("drive", "Drive", "", "log", 0.5, 8.0, 3.0)
LEVEL = Control("level_db", "Level", "dB", "linear", -1.25, 0.75, -0.17)
UNMUTE = Control("unmute", "Unmute", "", "switch", 0.0, 1.0, 1.0)


def write_effect(path: Path, *controls: Control) -> Path:
    """An effect without latency but its frame's: the hyperbolic tangent of a product."""
    helper, kind = onnx.helper, onnx.TensorProto
    signals = ["frame", *(f"times_{control.name}" for control in controls)]
    nodes = [
        helper.make_node("Mul", [signal, control.name], [product])
        for control, signal, product in zip(controls, signals, signals[1:], strict=False)
    ]
    nodes.append(helper.make_node("Tanh", [signals[-1]], ["frame_out"]))
    shape = ["channels", FRAME_SIZE]
    inputs = [helper.make_tensor_value_info("frame", kind.FLOAT, shape)]
    inputs += [helper.make_tensor_value_info(control.name, kind.FLOAT, []) for control in controls]
    output = helper.make_tensor_value_info("frame_out", kind.FLOAT, shape)
    graph = helper.make_graph(nodes, "product", inputs, [output])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=9)
    contract = Contract(
        kind="effect",
        name="product",
        label="Product",
        description="For tests.",
        sample_rate_hz=RATE_HZ,
        frame_size_samples=FRAME_SIZE,
        hop_size_samples=FRAME_SIZE // 2,
        hop_sizes_samples=(FRAME_SIZE // 2,),
        analysis_window="sqrt_hann",
        synthesis_window="sqrt_hann",
        controls=controls,
        provenance=Provenance("none", ("GPL-3.0-or-later",), {}, "2026-11-21"),
        parity=ParityRecord("", "", 1e-5, 0.0, ()),
    )
    onnx.helper.set_model_props(model, {"tonecast.contract": contract.to_json()})
    path.write_bytes(model.SerializeToString())
    return path


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return write_effect(tmp_path / "a file & its <name>.onnx", DRIVE, LEVEL, UNMUTE)


def value(control: Control, share: float) -> float:
    """What a share of its range, in the single precision of hosts, is for an Effect."""
    share = float(np.float32(share))
    if control.scale == "log":
        return control.minimum * (control.maximum / control.minimum) ** share
    return control.minimum + (control.maximum - control.minimum) * share


@pytest.mark.parametrize("rate_hz", [44100, 48000])
def test_bounce_gives_the_samples_of_python(load, noise, file, rate_hz):
    plugin, effect = load(file), Effect(file)
    audio = noise(2, 20_000)
    np.testing.assert_array_equal(plugin(audio, rate_hz), effect(audio, rate_hz))
    for shares in ((0, 1), (1, 0), (0.3, 0.7), (0.01, 0.123456789)):
        for control, share in zip((DRIVE, LEVEL), shares, strict=True):
            plugin.parameters[control.name].raw_value = share
            setattr(effect, control.name, value(control, share))
        np.testing.assert_array_equal(plugin(audio, rate_hz), effect(audio, rate_hz))
    plugin.unmute = False
    effect.unmute = False
    np.testing.assert_array_equal(plugin(audio, rate_hz), effect(audio, rate_hz))
    assert not plugin(audio, rate_hz).any()


def test_attributes_have_the_names_and_values_of_python(load, file):
    plugin, effect = load(str(file)), Effect(file)
    assert plugin.effect == "user file"
    bank = list(plugin.parameters)[-8:]
    assert bank == ["drive", "level_db", "unmute", *(f"control_{k}" for k in range(4, 9))]
    for name in (DRIVE.name, LEVEL.name):
        parameter, control = plugin.parameters[name], effect.parameters[name]
        assert float(parameter.string_value) == pytest.approx(control.default)
        assert (parameter.label or "") == control.unit
        assert (parameter.min_value, parameter.max_value) == (control.minimum, control.maximum)
    plugin.level_db = -0.5
    assert plugin.level_db == pytest.approx(-0.5, abs=0.002)
    assert plugin.unmute


def test_plugin_on_a_board_is_the_effect(load, noise, file):
    plugin = load(file)
    plugin.parameters["drive"].raw_value = 0.5
    audio = noise(2, 30_000)
    expected = Board([Effect(file, drive=2.0), Reverb()])(audio, RATE_HZ)
    np.testing.assert_allclose(
        Pedalboard([plugin, Reverb()])(audio, RATE_HZ), expected, rtol=0, atol=1e-6
    )


def test_files_that_cannot_be_played_are_named(load, tmp_path):
    with pytest.raises(tonecast.Error, match=r"gone\.onnx"):
        load(tmp_path / "gone.onnx")
    (tmp_path / "none.onnx").write_bytes(b"no model")
    with pytest.raises(tonecast.Error, match=r"none\.onnx"):
        load(tmp_path / "none.onnx")


def test_session_brings_the_controls_back(load, noise, file):
    plugin = load(file)
    plugin.parameters["drive"].raw_value = 0.9
    plugin.parameters["level_db"].raw_value = 0.2
    audio = noise(2, 20_000)
    restored = load()
    restored.raw_state = plugin.raw_state
    np.testing.assert_array_equal(restored(audio, RATE_HZ), plugin(audio, RATE_HZ))
    expected = Effect(file, drive=value(DRIVE, 0.9), level_db=value(LEVEL, 0.2))(audio, RATE_HZ)
    np.testing.assert_array_equal(restored(audio, RATE_HZ), expected)
    assert xml_of(restored.raw_state) == xml_of(plugin.raw_state)


def test_session_from_before_there_was_a_bank_has_the_defaults(load, noise, file):
    plugin = load(file)
    plugin.parameters["drive"].raw_value = 0.9
    older, removed = re.subn(
        r'<PARAM id="control_\d" value="[^"]*"/>', "", xml_of(plugin.raw_state)
    )
    assert removed == 8
    plugin.raw_state = with_component(plugin.raw_state, block(older))
    audio = noise(2, 20_000)
    np.testing.assert_array_equal(plugin(audio, RATE_HZ), Effect(file)(audio, RATE_HZ))


@pytest.mark.parametrize("value", ["nan", "-1e30", "1e30", "words", ""])
def test_shares_that_are_none_leave_finite_sound(load, noise, file, value):
    plugin = load(file)
    xml = re.sub(r'(id="control_[12]" value=)"[^"]*"', rf'\1"{value}"', xml_of(plugin.raw_state))
    plugin.raw_state = with_component(plugin.raw_state, block(xml))
    assert np.isfinite(plugin(noise(2, 20_000), RATE_HZ)).all()


def test_another_effect_puts_them_at_its_defaults(load, noise, file):
    plugin = load(file)
    plugin.parameters["drive"].raw_value = 0.9
    audio = noise(2, 20_000)
    driven = plugin(audio, RATE_HZ)
    plugin.effect = "lowpass"
    # The host is told the values of the bank by a timer, and sends them back with the next block: a
    # choice between the two would get those of the last effect.
    while "control_1" not in plugin.parameters:
        time.sleep(0.01)
    plugin(audio, RATE_HZ)
    plugin.effect = "user file"
    expected = Effect(file)(audio, RATE_HZ)
    np.testing.assert_array_equal(plugin(audio, RATE_HZ), expected)
    assert not np.array_equal(driven, expected)


def test_turned_while_it_plays_there_is_no_click(load, noise, file):
    plugin = load(file)
    plugin.parameters["drive"].raw_value = 0.0
    tone = 0.3 * np.sin(2 * np.pi * 220 * np.arange(48_000) / RATE_HZ).astype(np.float32)[None]
    first = plugin.process(tone[:, :24_000], RATE_HZ, 512, reset=False)
    plugin.parameters["drive"].raw_value = 0.5
    second = plugin.process(tone[:, 24_000:], RATE_HZ, 512, reset=False)
    played = np.concatenate([first, second], axis=1)[0]
    assert np.abs(played[-5000:]).max() > 2 * np.abs(played[10_000:20_000]).max()
    steps = np.abs(np.diff(played))
    assert steps[20_000:30_000].max() <= 1.1 * steps[-5000:].max()
