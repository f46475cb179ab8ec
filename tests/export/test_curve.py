"""A module that draws curves on whole spectrograms becomes a filter effect in one call."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import tonecast
from tonecast.plugin_core import _engine
from tonecast.plugin_core.effect_files.loading import load_model
from tonecast.plugin_core.effect_files.windows import make_window
from tonecast.plugin_core.samples import Samples

torch = pytest.importorskip("torch", reason="exports need PyTorch: pip install 'tonecast[train]'")
pytest.importorskip("onnxscript", reason="exports need onnxscript")

from tonecast.export.curve import Curve  # noqa: E402
from torch import Tensor, nn  # noqa: E402

RATE_HZ = 48_000
CURVE = Curve(frame_samples=512, hop_samples=256, taps_samples=200, max_gain_db=6.0)
FLAT = 0.5  # what the padded layer gives before the first frame


class Tamer(nn.Module):
    """Of all that remembers: a running average, the last frames, a GRU."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(1)
        self.average = tonecast.OnePole(20.0, CURVE.frames_per_second(RATE_HZ))
        self.recent = nn.Conv1d(CURVE.bins, 8, 3)
        self.gru = nn.GRU(8, 4, batch_first=True)
        self.out = nn.Linear(4, CURVE.bins)

    def forward(self, levels_db: Tensor, depth_db: Tensor) -> Tensor:
        over = (levels_db - self.average(levels_db)) / 20
        recent = self.recent(nn.functional.pad(over, (2, 0), value=FLAT))
        hidden, _ = self.gru(recent.transpose(1, 2))
        return depth_db[:, :, None] * torch.tanh(self.out(hidden)).transpose(1, 2)


class Gate(nn.Module):
    """Without a state or a knob."""

    def forward(self, levels_db: Tensor) -> Tensor:
        return -6 * torch.sigmoid(-30 - levels_db)


@pytest.fixture(scope="module")
def tamer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("curve") / "tamer.onnx"
    tonecast.export(
        Tamer(), path, curve=CURVE, quiet=True, depth_db=tonecast.Knob(0, 24, 9, unit="dB")
    )
    return path


@pytest.fixture(scope="module")
def gate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("curve") / "gate.onnx"
    each = Curve(frame_samples=192, hop_samples=64, taps_samples=100, linked=False)
    report = tonecast.export(Gate(), path, curve=each, quiet=True)
    assert report.largest_difference_db < 0.01
    return path


def noise(samples: int) -> Samples:
    rng = np.random.default_rng(1)
    loudness = np.exp(np.sin(np.arange(samples) / 900))
    return (0.1 * loudness * rng.standard_normal((2, samples))).astype(np.float32)


def curves(path: Path, curve: Curve, sound: Samples, **controls: float) -> Samples:
    """What the engine's graph says of each frame of a sound: [curves, bins, frames]."""
    runner = _engine.FrameRunner(load_model(path), len(sound))
    padded = np.pad(sound, ((0, 0), (curve.frame_samples, 0)))
    window = make_window("hann", curve.frame_samples)
    ends = range(curve.hop_samples, sound.shape[1] + 1, curve.hop_samples)
    frames = [padded[:, end : end + curve.frame_samples] * window for end in ends]
    return np.stack([runner.run(frame, {**controls, "delta": 0.0}) for frame in frames], axis=2)


def test_frames_play_what_the_module_draws_on_the_whole(tamer: Path) -> None:
    sound = noise(50 * CURVE.hop_samples)
    module = Tamer().eval()
    with torch.no_grad():
        whole = module(CURVE.levels_db(torch.from_numpy(sound)), torch.full((1, 1), 9.0)).numpy()
    assert whole.std() > 0.5
    np.testing.assert_allclose(curves(tamer, CURVE, sound, depth_db=9.0), whole, atol=1e-3)


def test_curve_of_each_channel_is_of_that_channel(gate: Path) -> None:
    each = Curve(frame_samples=192, hop_samples=64, taps_samples=100, linked=False)
    sound = noise(20 * 64)
    sound[1] *= 1e-3
    whole = Gate()(each.levels_db(torch.from_numpy(sound))).numpy()
    assert np.abs(whole[0] - whole[1]).max() > 3
    np.testing.assert_allclose(curves(gate, each, sound), whole, atol=1e-3)


def test_file_is_a_filter_effect_with_delta(tamer: Path) -> None:
    assert tonecast.verify(tamer).passed
    effect = tonecast.Effect(tamer)
    assert effect.latency_samples(RATE_HZ) == effect.latency_samples(44_100) == 0
    sound = noise(9_000)
    taken = tonecast.Effect(tamer, delta=1.0, depth_db=6.0)(sound, RATE_HZ)
    wet = tonecast.Effect(tamer, depth_db=6.0)(sound, RATE_HZ)
    assert np.abs(taken).max() > 0.01
    np.testing.assert_array_equal(taken, sound - wet)


def test_gain_above_its_bound_is_held_and_told(tamer: Path) -> None:
    effect = tonecast.Effect(tamer, depth_db=24.0)
    with pytest.warns(RuntimeWarning, match="drew gains above 6 dB or below -120 dB"):
        effect(noise(9_000), RATE_HZ)
    assert effect.counters.held_frames > 0


def test_levels_are_of_a_full_scale_sine() -> None:
    time = torch.arange(4 * CURVE.frame_samples)
    for k in (8, 100):
        sine = torch.sin(2 * torch.pi * k * time / CURVE.transform_samples)
        last = CURVE.levels_db(sine[None])[0, :, -1]
        assert int(last.argmax()) == k
        assert float(last[k]) == pytest.approx(0, abs=1e-3)
    assert float(CURVE.levels_db(torch.zeros(1, 512)).max()) == pytest.approx(-100)


class LooksAhead(nn.Module):
    def forward(self, levels_db: Tensor) -> Tensor:
        return nn.functional.avg_pool1d(levels_db, 3, 1, padding=1)


class Bands(nn.Module):
    def forward(self, levels_db: Tensor) -> Tensor:
        return levels_db[:, :40]


class Normed(nn.Module):
    def forward(self, levels_db: Tensor) -> Tensor:
        return levels_db - levels_db.mean(dim=2, keepdim=True)


@pytest.mark.parametrize(
    ("module", "options", "message"),
    [
        (LooksAhead(), {}, "looks 1 frames ahead"),
        (Bands(), {}, r"return the gain in dB of each bin and frame: \[batch, bins, frames\]"),
        (Normed(), {}, "a stream has no end"),
        (Gate(), {"channels": 2}, "no channels="),
        (Gate(), {"frame": 64}, "Curve\\(frame_samples=…\\)"),
        (Gate(), {"delta": tonecast.Knob(0, 1, 0)}, "the player's"),
    ],
    ids=["ahead", "shape", "end", "channels", "frame", "delta"],
)
def test_what_is_no_curve_is_refused_in_a_line(
    tmp_path: Path, module: nn.Module, options: dict[str, object], message: str
) -> None:
    with pytest.raises(tonecast.Error, match=message) as caught:
        tonecast.export(module, tmp_path / "a.onnx", curve=CURVE, quiet=True, **options)
    assert "\n" not in str(caught.value)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("sizes", "message"),
    [
        ({"frame_samples": 1000}, "a multiple of 64"),
        ({"hop_samples": 32}, "64 to frame_samples, 2048"),
        ({"taps_samples": 20_000}, "16384 at most"),
    ],
)
def test_sizes_that_cannot_be_played_are_refused(sizes: dict[str, int], message: str) -> None:
    with pytest.raises(tonecast.Error, match=message):
        Curve(**sizes)
