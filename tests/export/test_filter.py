"""A module that draws curves becomes an effect that filters without latency."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest
import tonecast
from numpy.typing import NDArray
from scipy import fft
from tonecast.plugin_core import _engine
from tonecast.plugin_core.effect_files.contract import Contract, Control, Provenance
from tonecast.plugin_core.effect_files.loading import load_model
from tonecast.plugin_core.effect_files.windows import make_window
from tonecast.plugin_core.samples import Samples

torch = pytest.importorskip("torch", reason="exports need PyTorch: pip install 'tonecast[train]'")
pytest.importorskip("onnxscript", reason="exports need onnxscript")

from tonecast.export.effect import export_effect, unmeasured  # noqa: E402
from tonecast.export.to_onnx import StateShapes  # noqa: E402
from torch import Tensor, nn  # noqa: E402

RATE_HZ, FRAME, HOP, TRANSFORM, TAPS = 48_000, 512, 256, 512, 300
DEPTH = Control("depth_db", "Depth", "dB", "linear", 0.0, 40.0, 12.0)
DELTA = Control("delta", "Delta", "", "switch", 0.0, 1.0, 0.0)


class Ducker(nn.Module):
    """Cuts, in the upper half of each channel's spectrum, by how loud that channel has been."""

    state: ClassVar[StateShapes] = {"rms": ("channels", 1)}
    shape: Tensor

    def __init__(self) -> None:
        super().__init__()
        bins = torch.arange(TRANSFORM // 2 + 1) / (TRANSFORM // 2)
        self.register_buffer("shape", torch.sigmoid(8 * (bins - 0.5))[None])

    def forward(self, frame: Tensor, depth_db: Tensor, rms: Tensor) -> tuple[Tensor, Tensor]:
        rms = 0.7 * rms + frame.square().mean(dim=1, keepdim=True).sqrt()
        return -depth_db * torch.clamp(4 * rms, max=1.0) * self.shape, rms


CONTRACT = Contract(
    kind="effect",
    name="ducker",
    label="Ducker",
    description="For tests.",
    sample_rate_hz=RATE_HZ,
    form="filter",
    frame_size_samples=FRAME,
    hop_size_samples=HOP,
    hop_sizes_samples=(HOP,),
    analysis_window="hann",
    transform_size_samples=TRANSFORM,
    filter_taps_samples=TAPS,
    max_gain_db=6.0,
    controls=(DEPTH, DELTA),
    provenance=Provenance("none", ("GPL-3.0-or-later",), {}, "2026-11-28"),
    parity=unmeasured(1e-4),
)


@pytest.fixture(scope="module")
def ducker(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("filter") / "ducker.onnx"
    export_effect(Ducker(), Ducker.state, CONTRACT, path)
    return path


def noise(samples: int, channels: int = 2) -> Samples:
    rng = np.random.default_rng(1)
    loudness = np.exp(np.sin(np.arange(samples) / 1500))  # so that curves move
    return (0.1 * loudness * rng.standard_normal((channels, samples))).astype(np.float32)


def minimum_phase(gain_db: NDArray[np.float64], taps: int) -> NDArray[np.float64]:
    """As ../shared/prototypes/low_latency/filter.py: by the folded real cepstrum."""
    size = 2 * (len(gain_db) - 1)
    cepstrum = fft.irfft(gain_db * np.log(10) / 20, size)
    cepstrum[1 : size // 2] *= 2
    cepstrum[size // 2 + 1 :] = 0
    h = fft.irfft(np.exp(fft.rfft(cepstrum)), size)[:taps]
    fade = taps // 2
    h[-fade:] *= 0.5 + 0.5 * np.cos(np.pi * np.arange(fade) / fade)
    return np.asarray(h)


def reference(audio: Samples, depth_db: float, late_hops: int) -> NDArray[np.float64]:
    """The module in PyTorch, and what the engine does around it in double precision."""
    module, state = Ducker(), torch.zeros(len(audio), 1)
    window = make_window("hann", FRAME)
    unit = np.eye(1, TAPS).repeat(len(audio), axis=0)
    old, new, waiting = unit, unit, [unit] * late_hops
    padded = np.pad(audio, ((0, 0), (FRAME, 0)))
    out = np.empty(audio.shape)
    for start in range(0, audio.shape[1], HOP):
        if start:
            frame = padded[:, start : start + FRAME] * window
            with torch.no_grad():
                curves, state = module(torch.from_numpy(frame), torch.tensor(depth_db), state)
            waiting.append(np.stack([minimum_phase(c, TAPS) for c in curves.double().numpy()]))
            old, new = new, waiting.pop(0)
        n = min(HOP, audio.shape[1] - start)
        share = np.arange(1, n + 1) / HOP
        for c in range(len(audio)):
            heard = padded[c, start + FRAME - TAPS + 1 : start + FRAME + n].astype(np.float64)
            was, becomes = (np.convolve(heard, h[c], "valid") for h in (old, new))
            out[c, start : start + n] = was + share * (becomes - was)
    return out


@pytest.mark.parametrize("late_hops", [0, 1, 2])
def test_engine_filters_as_the_module_says(ducker: Path, late_hops: int) -> None:
    engine = _engine.Engine(load_model(ducker))
    engine.prepare(RATE_HZ, 2, late_hops=late_hops)
    audio = noise(12_000)
    out = np.empty_like(audio)
    engine.process(audio, out)
    expected = reference(audio, DEPTH.default, late_hops)
    assert np.abs(expected - audio).max() > 0.1
    np.testing.assert_allclose(out, expected, atol=3e-6)


@pytest.mark.parametrize("rate_hz", [44_100, 48_000, 88_200, 96_000, 192_000])
def test_no_latency_at_any_rate(ducker: Path, rate_hz: int) -> None:
    effect = tonecast.Effect(ducker)
    assert effect.latency_samples(rate_hz) == 0
    audio = noise(20_000)
    click = audio[0, 15_000] = 5.0
    changed = audio.copy()
    changed[:, 15_000] = 0
    difference = effect(audio, rate_hz) - tonecast.Effect(ducker)(changed, rate_hz)
    assert not difference[:, :15_000].any()  # nothing comes before it
    assert 0.1 * click < difference[0, 15_000] < click

    untouched = tonecast.Effect(ducker, depth_db=0.0)
    np.testing.assert_array_equal(untouched(audio, rate_hz), audio)


def test_cuts_into_blocks_give_the_same_bits(ducker: Path) -> None:
    audio = noise(9_000)
    whole = tonecast.Effect(ducker)(audio, 44_100)
    stream = tonecast.Effect(ducker).open_stream(44_100, max_block=4000)
    cuts = np.cumsum([1, 255, 256, 1, 700, 2048, 33, 3000])
    blocks = [stream.process(block) for block in np.split(audio, cuts, axis=1)]
    np.testing.assert_array_equal(np.concatenate(blocks, axis=1), whole)


def test_delta_and_mix_need_no_delay(ducker: Path) -> None:
    audio = noise(6_000)
    wet = tonecast.Effect(ducker)(audio, RATE_HZ)
    delta = tonecast.Effect(ducker, delta=1.0)(audio, RATE_HZ)
    np.testing.assert_array_equal(delta, audio - wet)
    half = tonecast.Effect(ducker, mix=0.5)(audio, RATE_HZ)
    np.testing.assert_allclose(half, (audio + wet) / 2, atol=1e-7)


def test_record_is_of_the_curves(ducker: Path) -> None:
    report = tonecast.verify(ducker)
    assert report.passed
    assert report.tolerance == 1e-4
    runner = _engine.FrameRunner(load_model(ducker), 3)
    curves = runner.run(np.zeros((3, FRAME), np.float32), {"depth_db": 12.0})
    assert curves.shape == (3, TRANSFORM // 2 + 1)


def test_contract_is_written_as_version_4_and_read_again() -> None:
    text = CONTRACT.sealed().to_json()
    assert '"version": 4' in text
    assert "synthesis_window" not in text
    assert Contract.from_json(text) == CONTRACT.sealed()


def test_curves_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    bad = replace(CONTRACT, filter_taps_samples=TRANSFORM + 1)
    with pytest.raises(tonecast.Error, match='must be at least "filter_taps_samples"'):
        export_effect(Ducker(), Ducker.state, bad, tmp_path / "bad.onnx")
    wrong = replace(CONTRACT, transform_size_samples=2 * TRANSFORM)
    with pytest.raises(tonecast.Error, match="half the contract's"):
        export_effect(Ducker(), Ducker.state, wrong, tmp_path / "wrong.onnx")
    assert not list(tmp_path.iterdir())
