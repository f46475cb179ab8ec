"""The kernel of the live resonance equalizer draws the curves that its graph draws."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
import tonecast
from numpy.typing import NDArray
from tonecast.plugin_core import _engine
from tonecast.plugin_core.callback_benchmark import benchmark
from tonecast.plugin_core.effect_files.catalog import find_effect
from tonecast.plugin_core.effect_files.loading import load_model
from tonecast.plugin_core.effect_files.windows import make_window
from tonecast.plugin_core.synthesizer import brush, pitch_hz, pluck, strike_drum

Samples = NDArray[np.float32]

RATE_HZ = 48_000
FILE = find_effect("resonance-eq-live").files[RATE_HZ]
CONTRACT = find_effect("resonance-eq-live").contracts[RATE_HZ]
FRAMES = 150
WITHIN_DB = 1e-3

# Each control away from its default, and link everywhere.
TURNED = {
    "usual": {},
    "steered": {"attenuation": 1.0, "low_hz": 40.0, "high_hz": 9000.0},
    "in time": {"attenuation": 1.0, "attack_ms": 60.0, "release_ms": 20.0},
    "narrow": {"attenuation": 0.6, "width_octaves": 0.25, "threshold_db": 3.0},
    "wide": {"attenuation": 0.6, "width_octaves": 2.0, "detail_octaves": 1.0},
    "broad": {"attenuation": 1.0, "detail_octaves": 0.4, "max_cut_db": 3.0},
    "selected": {"attenuation": 1.0, "threshold_db": 2.0, "hardness": 0.5},
    "drawn": {
        "attenuation": 1.0,
        "sensitivity_1_hz": 90.0,
        "sensitivity_1_db": 9.0,
        "sensitivity_1_octaves": 2.0,
        "sensitivity_2_hz": 440.0,
        "sensitivity_2_db": -40.0,
        "sensitivity_2_octaves": 0.5,
        "sensitivity_3_hz": 3000.0,
        "sensitivity_3_db": 6.0,
        "sensitivity_3_octaves": 0.2,
        "sensitivity_4_hz": 8000.0,
        "sensitivity_4_db": -12.0,
        "sensitivity_4_octaves": 4.0,
        "sensitivity_tilt_db": 1.5,
    },
}


@cache
def music(channels: int) -> Samples:
    """Frames of chords, drums and a brush, otherwise mixed in each channel: [n, channels, size]."""
    rng = np.random.default_rng(5)
    size, hop = CONTRACT.frame_size_samples, CONTRACT.hop_size_samples
    seconds = (size + FRAMES * hop) / RATE_HZ
    parts = [pluck(pitch_hz(note), seconds, RATE_HZ, rng) for note in (45, 52, 57, 64)]
    parts += [strike_drum(110.0, seconds, RATE_HZ, rng), brush(seconds, RATE_HZ, rng)]
    sound = rng.uniform(0.05, 0.3, (channels, len(parts))) @ np.stack(parts)
    sound += 1e-3 * rng.standard_normal(sound.shape)
    window = make_window("hann", size)
    frames = [sound[:, i * hop : i * hop + size] * window for i in range(FRAMES)]
    return np.stack(frames).astype(np.float32)


def runner(backend: str, channels: int) -> _engine.FrameRunner:
    model = load_model(FILE, backend)  # type: ignore[arg-type]
    assert model.played_by.backend == ("kernel-fast" if backend == "auto" else backend)
    return _engine.FrameRunner(model, channels)


def furthest_db(channels: int, controls: dict[str, float]) -> float:
    """By how much the curves differ at most; they are no flat ones."""
    kernel, graph = runner("auto", channels), runner("onnxruntime", channels)
    furthest, deepest = 0.0, 0.0
    for frame in music(channels):
        drawn, wanted = kernel.run(frame, controls), graph.run(frame, controls)
        assert drawn.shape == wanted.shape == (channels, CONTRACT.bins)
        furthest = max(furthest, float(np.abs(drawn - wanted).max()))
        deepest = min(deepest, float(wanted.min()))
    assert deepest < -0.5
    return furthest


@pytest.mark.parametrize("name", TURNED)
def test_kernel_follows_the_graph_whatever_is_turned(name: str) -> None:
    assert furthest_db(1, dict(TURNED[name])) < WITHIN_DB


def test_every_control_is_turned_here() -> None:
    turned = {name for controls in TURNED.values() for name in controls}
    assert turned == {c.name for c in CONTRACT.graph_controls} - {"link"}


@pytest.mark.parametrize("channels", [2, 5])
@pytest.mark.parametrize("link", [0.0, 0.5, 1.0])
def test_kernel_follows_the_graph_in_several_channels(channels: int, link: float) -> None:
    assert furthest_db(channels, {"attenuation": 1.0, "link": link}) < WITHIN_DB


def test_kernel_follows_the_graph_while_the_link_is_turned() -> None:
    kernel, graph = runner("auto", 2), runner("onnxruntime", 2)
    for i, frame in enumerate(music(2)):
        controls = {"attenuation": 1.0, "link": (1.0, 0.3, 1.0)[i // (FRAMES // 3)]}
        np.testing.assert_allclose(
            kernel.run(frame, controls), graph.run(frame, controls), atol=WITHIN_DB
        )


def test_kernel_follows_the_equations_where_the_graph_rounds() -> None:
    """Beside a pure tone single precision leaves bins that are as good as empty to chance."""
    torch = pytest.importorskip("torch")
    from tonecast.models.resonance_eq.resonance_filter import ResonanceFilter

    module = ResonanceFilter(RATE_HZ)
    size, transform = CONTRACT.frame_size_samples, CONTRACT.transform_size_samples
    bin_of_slot = torch.from_numpy(module.dft.bin_of_slot)

    class ExactDFT(torch.nn.Module):  # type: ignore[misc, name-defined]
        """The spectrum as `RealDFT` lays it out, in doubles."""

        def __init__(self) -> None:
            super().__init__()
            self.bin_of_slot = module.dft.bin_of_slot

        def forward(self, frame: torch.Tensor) -> torch.Tensor:
            bins = torch.fft.rfft(frame, n=transform)[:, bin_of_slot]
            return torch.stack((bins.real, bins.imag), dim=2)

    module.dft = ExactDFT()
    module.double()
    tone = np.sin(2 * np.pi * 997 * np.arange(size + 4 * 256) / RATE_HZ)
    kernel = runner("auto", 1)
    defaults = {control.name: control.default for control in CONTRACT.graph_controls}
    state = [
        torch.zeros(1, shape[1], dtype=torch.double) for shape in module.state_shapes().values()
    ]
    for i in range(4):
        frame = (0.5 * tone[None, 256 * i : 256 * i + size] * make_window("hann", size)).astype(
            np.float32
        )
        controls = [torch.tensor(value, dtype=torch.double) for value in defaults.values()]
        with torch.no_grad():
            wanted, *state = module(torch.from_numpy(frame).double(), *controls, *state)
        np.testing.assert_allclose(kernel.run(frame, defaults), wanted.numpy(), atol=WITHIN_DB)


def test_effect_plays_alike_by_kernel_and_by_graph() -> None:
    rng = np.random.default_rng(2)
    sound = (0.1 * rng.standard_normal((2, RATE_HZ))).astype(np.float32)
    played = [
        tonecast.Effect("resonance-eq-live", backend=backend, attenuation=1)(sound, RATE_HZ)
        for backend in ("auto", "onnxruntime")
    ]
    assert np.abs(played[0] - sound).max() > 1e-2
    assert np.abs(played[0] - played[1]).max() < 1e-4


def test_callback_allocates_nothing() -> None:
    case = benchmark.Case(
        str(FILE), "auto", "inline", 64, RATE_HZ, 2, 0.5, paced=False, hop_size_samples=256
    )
    *_, row = benchmark.measure(case)
    assert row.backend == "kernel-fast"
    assert row.frames is not None
    assert row.frames > 50
    if row.allocations is None:
        pytest.skip("allocations cannot be counted on this system")
    assert (row.allocations, row.frees) == (0, 0)
