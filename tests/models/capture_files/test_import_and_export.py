"""From a capture to an effect file and back: nothing of it is lost, and three players agree."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import tonecast
import torch
from command_line import Tonecast
from made_captures import A1, CAPTURES, GRU
from papers import PAPERS
from tonecast.models.capture_files.importing import import_capture, read_network
from tonecast.models.capture_files.nam import nam_document, write_nam
from tonecast.models.families.causal import CausalNetwork
from tonecast.models.families.dynamics.family import DYNAMICS_FAMILY, DynamicsSize
from tonecast.plugin_core import _engine
from tonecast.plugin_core.errors import Error


@pytest.fixture(params=[*CAPTURES, "gru"])
def capture(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    content = GRU if request.param == "gru" else CAPTURES[request.param]
    path = tmp_path / f"{request.param}.{'json' if request.param == 'gru' else 'nam'}"
    path.write_text(json.dumps(content))
    return path


SOUND = np.random.default_rng(3).uniform(-0.5, 0.5, (2, 1500)).astype(np.float32)


def rest(network: CausalNetwork) -> list[torch.Tensor]:
    return [torch.tensor(0.5)] * network.conditions


def test_streamed_is_whole_and_what_the_kernels_play(capture: Path) -> None:
    found = _engine.Capture(capture)
    network = read_network(found)
    assert np.array_equal(network.flat(), found.weights)
    with torch.no_grad():
        whole, _ = network(torch.from_numpy(SOUND), rest(network), network.rested_states(2))
        states, parts = network.rested_states(2), []
        for start in range(0, 1500, 37):
            block = torch.from_numpy(SOUND[:, start : start + 37])
            part, states = network(block, rest(network), states)
            parts.append(part)
    assert torch.cat(parts, dim=1).sub(whole).abs().max() < 1e-6
    rate = tonecast.Effect(capture).contract.sample_rate_hz
    played = tonecast.Effect(capture)(SOUND, rate)
    assert np.abs(played - whole.numpy()).max() < 1e-5


def test_what_comes_changes_nothing_that_was(capture: Path) -> None:
    network = read_network(_engine.Capture(capture))
    later = SOUND.copy()
    later[:, 1000:] = 0
    with torch.no_grad():
        one, _ = network(torch.from_numpy(SOUND), rest(network), network.rested_states(2))
        other, _ = network(torch.from_numpy(later), rest(network), network.rested_states(2))
    assert torch.equal(one[:, :1000], other[:, :1000])
    assert not torch.equal(one[:, 1000:], other[:, 1000:])


def test_the_effect_file_plays_as_the_capture(capture: Path, tmp_path: Path) -> None:
    effect_path = tmp_path / "made.onnx"
    contract = import_capture(capture, effect_path)
    assert contract.parity.largest_difference < 1e-5
    assert tonecast.verify(effect_path).passed  # by ONNX Runtime and by the kernel
    rate = contract.sample_rate_hz
    as_it_is = tonecast.Effect(capture)
    by_kernel = tonecast.Effect(effect_path)
    assert by_kernel.latency_samples(rate) == 0
    assert np.array_equal(by_kernel(SOUND, rate), as_it_is(SOUND, rate))
    by_graph = tonecast.Effect(effect_path, backend="onnxruntime")
    assert by_graph.latency_samples(rate) == 64  # a block
    assert np.abs(by_graph(SOUND, rate) - as_it_is(SOUND, rate)).max() < 1e-5


@pytest.mark.parametrize("name", CAPTURES)
def test_a_nam_file_comes_back_bit_for_bit(name: str, tmp_path: Path) -> None:
    first = tmp_path / "first.nam"
    first.write_text(json.dumps(CAPTURES[name]))
    import_capture(first, tmp_path / "made.onnx")
    version = write_nam(tmp_path / "made.onnx", tmp_path / "again.nam")
    assert version == ("0.7.0" if name == "a2" else "0.5.4")
    again = _engine.Capture(tmp_path / "again.nam")
    assert np.array_equal(again.weights, _engine.Capture(first).weights)
    assert again.network_json == _engine.Capture(first).network_json
    known = tonecast.Effect(first).contract.capture
    assert tonecast.Effect(tmp_path / "again.nam").contract.capture == known


def test_what_the_format_cannot_hold_is_told(tmp_path: Path) -> None:
    (tmp_path / "gru.json").write_text(json.dumps(GRU))
    import_capture(tmp_path / "gru.json", tmp_path / "gru.onnx")
    with pytest.raises(Error, match="no GRU"):
        write_nam(tmp_path / "gru.onnx", tmp_path / "gru.nam")
    with pytest.raises(Error, match=r"the \.nam format has no words for dynamics"):
        nam_document(DYNAMICS_FAMILY.build(DynamicsSize()))
    with pytest.raises(Error, match="causal network"):
        write_nam(PAPERS["eq-lowshelf"], tmp_path / "eq.nam")
    assert not list(tmp_path.glob("*.nam"))


def test_training_makes_a_network_better(capture: Path) -> None:
    torch.manual_seed(1)
    network = read_network(_engine.Capture(capture)).train()
    sound = torch.from_numpy(SOUND)
    target = torch.tanh(3 * sound)
    optimizer = torch.optim.Adam(network.parameters(), lr=0.01)
    losses = []
    for _ in range(40):
        out, _ = network(sound, rest(network), network.reset_states(2))
        loss = (out - target).square().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < 0.8 * losses[0]


def test_commands_make_both_files(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    command = Tonecast(capsys, monkeypatch)
    path = tmp_path / "amp.nam"
    path.write_text(json.dumps(A1))
    assert command("import", path) == 0
    assert "amp.onnx: Made, within" in command.out
    assert command("import", path) != 0  # it is there
    assert command("export", tmp_path / "amp.onnx", tmp_path / "back.nam") == 0
    assert json.loads((tmp_path / "back.nam").read_text())["version"] == "0.5.4"
    assert command("import", tmp_path / "amp.onnx") != 0
    assert "is no name of a capture" in command.err
