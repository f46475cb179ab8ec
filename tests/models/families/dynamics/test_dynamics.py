"""Compressors against a loop that is written out, in double precision; and any cut."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

torch = pytest.importorskip("torch", reason="families need PyTorch: pip install 'tonecast[train]'")

from tonecast.models.families.dynamics.dynamics import Dynamics  # noqa: E402

Sound = NDArray[np.float64]

SHAPES: dict[str, dict[str, Any]] = {
    "compressor": {"taps": 5, "paths": 2, "reduces": "above"},
    "gate": {"taps": 1, "paths": 1, "reduces": "below"},
}
SOUND = np.random.default_rng(2).uniform(-0.7, 0.7, (2, 400)) * np.repeat([1, 0.01, 0.3, 0], 100)


def made(name: str) -> Dynamics:
    torch.manual_seed(3)
    network = Dynamics(SHAPES[name]).double()
    with torch.no_grad():
        network.filter.weight.copy_(torch.randn_like(network.filter.weight))
        network.sidechain.copy_(torch.tensor([0.2, 0.6]))
        network.detector.fill_(0.3)
        network.curve.copy_(torch.tensor([-25.0, 3.0]))
        paths = torch.tensor([[0.02, 0.3, 0.05, 0.4], [0.9, 0.01, 0.04, 0.3]])
        network.paths.copy_(paths[: len(network.paths)])
    return network.eval()


def written_out(network: Dynamics, sound: Sound) -> Sound:
    """One channel, [n], after silence."""
    taps = network.filter.weight.detach().numpy().ravel()[::-1]
    lowpass, amount = network.sidechain.tolist()
    detector = network.detector.item()
    threshold_db, knee_db = network.curve.tolist()

    def beyond(power: float) -> float:
        over_db = network.sign * (10 * math.log10(power + 1e-10) - threshold_db)
        return knee_db * math.log1p(math.exp(over_db / knee_db))

    low = power = 0.0
    held = [beyond(0.0)] * len(network.paths)
    smoothed = list(held)
    out = []
    for x in sound:
        low += lowpass * (x - low)
        power += detector * ((x - amount * low) ** 2 - power)
        reduction_db = 0.0
        for i, (hold, attack, release, depth) in enumerate(network.paths.tolist()):
            held[i] = max(beyond(power), held[i] + hold * (beyond(power) - held[i]))
            step = attack if held[i] > smoothed[i] else release
            smoothed[i] += step * (held[i] - smoothed[i])
            reduction_db += depth * smoothed[i]
        out.append(10 ** (-reduction_db / 20))
    return np.array(out) * np.convolve(sound, taps)[: len(sound)]


@pytest.mark.parametrize("name", SHAPES)
def test_plays_as_a_loop_that_is_written_out(name: str) -> None:
    network = made(name)
    with torch.no_grad():
        out, _ = network(torch.from_numpy(SOUND), [], network.reset_states(2))
    for heard, sound in zip(out.numpy(), SOUND, strict=True):
        wanted = written_out(network, sound)
        assert np.abs(heard - wanted).max() < 1e-9
        assert np.abs(wanted).max() > 0.01


@pytest.mark.parametrize("name", SHAPES)
@pytest.mark.parametrize("cut", [1, 7, 64])
def test_any_cut_plays_the_same_and_later_sound_changes_no_earlier(name: str, cut: int) -> None:
    network = made(name)
    sound = torch.from_numpy(SOUND)
    later = torch.cat([sound[:, :150], -0.5 * sound[:, 150:]], dim=1)
    parts, states = [], network.rested_states(2)
    with torch.no_grad():
        whole, _ = network(sound, [], states)
        other, _ = network(later, [], states)
        for block in torch.split(sound, cut, dim=1):
            part, states = network(block, [], states)
            parts.append(part)
    assert (torch.cat(parts, dim=1) - whole).abs().max() < 1e-12
    assert torch.equal(other[:, :150], whole[:, :150])
    assert not torch.equal(other[:, 150:], whole[:, 150:])


@pytest.mark.parametrize("name", SHAPES)
def test_silence_leaves_the_reset_state(name: str) -> None:
    network = made(name)
    with torch.no_grad():
        _, silent = network(torch.zeros(1, 500).double(), [], network.reset_states(1))
    for found, expected in zip(silent, network.reset_states(1), strict=True):
        assert torch.allclose(found, expected, rtol=1e-12, atol=0)
    is_gate = name == "gate"
    assert (network.initial_states()["held"].min().item() > 10) == is_gate


def test_steady_levels_come_out_by_the_ratio() -> None:
    network = Dynamics({"taps": 1, "paths": 1, "reduces": "above"}).double()
    with torch.no_grad():
        network.curve.copy_(torch.tensor([-20.0, 0.1]))
        network.paths.copy_(torch.tensor([[0.5, 0.01, 0.01, 0.75]]))  # 4 : 1
        steady = torch.full((1, 6000), 10 ** (-8 / 20)).double()
        out, _ = network(steady, [], network.reset_states(1))
    assert 20 * math.log10(out[0, -1].item()) == pytest.approx(-20 + 12 / 4, abs=1e-3)


def test_weights_have_the_names_of_the_format() -> None:
    network = made("compressor")
    names = {id(parameter): name for name, parameter in network.named_parameters()}
    assert [names[id(parameter)] for parameter in network.in_order()] == [
        "filter.weight",
        "sidechain",
        "detector",
        "curve",
        "paths",
    ]
    flat = network.flat()
    again = Dynamics(SHAPES["compressor"])
    again.load_flat(flat)
    assert np.array_equal(again.flat(), flat)
