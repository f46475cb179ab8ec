"""Filters with states of their own: OnePole, Biquad, Envelope, recursion."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
import tonecast

torch = pytest.importorskip("torch", reason="exports need PyTorch: pip install 'tonecast[train]'")

from tonecast.export.filters import Biquad, Envelope, OnePole, recursion  # noqa: E402
from tonecast.export.streaming.convert import convert, frame_quantum  # noqa: E402
from tonecast.export.streaming.trace import trace  # noqa: E402
from torch import Tensor, nn  # noqa: E402
from whole_and_frames import noise, play_frames, play_whole  # noqa: E402
from whole_nets import KnobNet, Net  # noqa: E402

SAMPLES = 1600


def compressed(x: Tensor, follow: nn.Module) -> Tensor:
    return x / (1 + 4 * follow(x.abs()))


def swept(x: Tensor, peak: nn.Module, conv: nn.Module) -> Tensor:
    out: Tensor = peak(conv(x), 2000 + 9000 * x.abs(), gain_db=6 * x)
    return out.sum(1, keepdim=True)


def in_bands(x: Tensor, conv: nn.Module, follow: nn.Module) -> Tensor:
    level = follow(conv(x), attack_s=torch.tensor([[0.001, 0.01, 0.1]]))
    return level.sum(1, keepdim=True)


def rotated(x: Tensor) -> Tensor:
    matrix = torch.tensor([[0.6, 0.7, 0.0], [-0.7, 0.6, 0.1], [0.0, 0.1, 0.9]]) - torch.eye(3)
    states = recursion(x[:, :, None].expand(-1, -1, 3, -1), matrix[..., None])
    return states.sum(2)


def in_blocks(x: Tensor, one: nn.Module) -> Tensor:
    blocks = x.reshape(len(x), -1, 16)
    return one(blocks).reshape(x.shape)


def behind(x: Tensor, conv: nn.Module, one: nn.Module) -> Tensor:
    return one(nn.functional.pad(conv(x), (7, 0), value=0.3))[..., : x.shape[-1]] + x


def in_one_batch(x: Tensor, follow: nn.Module, one: nn.Module) -> Tensor:
    both = torch.cat([x, -x], 1).reshape(-1, 1, x.shape[-1])
    return (one(both) * follow(both)).reshape(len(x), 2, -1).sum(1, keepdim=True)


def looking_ahead(x: Tensor, follow: nn.Module) -> Tensor:
    ahead = nn.functional.max_pool1d(nn.functional.pad(x, (0, 20)).abs(), 21, 1)
    return x * follow(ahead)


def over_spectra(x: Tensor, floor: nn.Module) -> Tensor:
    options = {"window": torch.hann_window(32)}
    spectra = torch.stft(x[:, 0], 32, 8, pad_mode="constant", return_complex=True, **options)
    loud = torch.relu(1 - floor(spectra.abs()) / (spectra.abs() + 0.01))
    return torch.istft(spectra * loud, 32, 8, length=x.shape[-1], **options)[:, None]


KNOB: Mapping[str, float] = {"knob": 0.4}
CASES: dict[str, tuple[Callable[[], nn.Module], Mapping[str, float]]] = {
    "one-pole": (lambda: Net(lambda x, one: x - one(x), OnePole(300)), {}),
    "one-pole, turned": (
        lambda: KnobNet(lambda x, k, one: one(x, 100 + 900 * k), OnePole(1)),
        KNOB,
    ),
    "peak": (lambda: Net(lambda x, peak: peak(x), Biquad("peak", 50, 4, 12)), {}),
    "shelf, turned": (
        lambda: KnobNet(lambda x, k, shelf: shelf(x, gain_db=12 * k), Biquad("high_shelf", 3000)),
        KNOB,
    ),
    "highpass, all turned": (
        lambda: KnobNet(lambda x, k, pass_: pass_(x, 100 * k + 20, 1 + k), Biquad("highpass", 1)),
        KNOB,
    ),
    "swept by the sound": (
        lambda: Net(swept, Biquad("peak", 1), nn.Conv1d(1, 2, 5, padding=2)),
        {},
    ),
    "envelope": (lambda: Net(compressed, Envelope(0.0005, 0.2)), {}),
    "envelope, attack slower": (lambda: Net(compressed, Envelope(0.2, 0.0005)), {}),
    "envelope, turned": (
        lambda: KnobNet(
            lambda x, k, follow: x * follow(x.abs(), 0.01 * k, 0.1 + k), Envelope(1.0, 1.0)
        ),
        KNOB,
    ),
    "envelopes of three signals": (
        lambda: Net(in_bands, nn.Conv1d(1, 3, 3, padding=1), Envelope(0.001, 0.05)),
        {},
    ),
    "three states": (lambda: Net(rotated), {}),
    "anew in each block": (lambda: Net(in_blocks, OnePole(2000)), {}),
    "behind padding": (lambda: Net(behind, nn.Conv1d(1, 1, 9, padding=4), OnePole(2000)), {}),
    "behind padding, an envelope": (
        lambda: Net(behind, nn.Conv1d(1, 1, 9, padding=4), Envelope(0.001, 0.01)),
        {},
    ),
    "two signals in one batch": (
        lambda: Net(in_one_batch, Envelope(0.001, 0.01), OnePole(2000)),
        {},
    ),
    "looking ahead": (lambda: Net(looking_ahead, Envelope(0.001, 0.01)), {}),
    "over spectra": (lambda: Net(over_spectra, Envelope(0.1, 0.01, 6000)), {}),
    "at a lower rate": (
        lambda: Net(
            lambda x, follow: x * follow(x[..., ::4].abs()).repeat_interleave(4, -1),
            Envelope(0.001, 0.01, 12_000),
        ),
        {},
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_stream_equals_the_whole_from_the_first_sample(case: str) -> None:
    make, knobs = CASES[case]
    torch.manual_seed(1)
    module = make().eval()
    traced = trace(module, knobs)
    quantum = frame_quantum(traced, knobs)
    for size in (quantum, quantum * max(1, 48 // quantum)):
        converted = convert(traced, knobs, size)
        sound = noise(SAMPLES // size * size, channels=2)
        for turned in ({}, dict.fromkeys(knobs, 0.9)):
            at = {**knobs, **turned}
            whole = play_whole(module, sound, at)
            played = play_frames(converted, sound, at)[:, converted.delay_samples :]
            difference = (played - whole[:, : played.shape[1]]).abs().max()
            assert difference < 3e-6, f"frames of {size}"


REFUSED: dict[str, tuple[Callable[[], nn.Module], str]] = {
    "times that follow the sound": (
        lambda: Net(lambda x, follow: follow(x.abs(), release_s=x.abs() + 0.1), Envelope(1, 1)),
        r"\(Envelope\).*times follow the sound; take fixed ones, or knobs",
    ),
    "backwards": (
        lambda: Net(lambda x, one: one(x.flip(-1)).flip(-1), OnePole(100)),
        "plays the signal backwards",
    ),
    "another axis": (
        lambda: Net(lambda x, follow: follow(x.mT).mT, Envelope(0.1, 0.1)),
        "takes signals .batch, channels, time. alone",
    ),
    "a sweep by position": (
        lambda: Net(
            lambda x, one: one(x, torch.linspace(100, 1000, x.shape[-1])[None, None]), OnePole(100)
        ),
        "depends on the place in the signal",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_no_stream_can_do_is_refused(case: str) -> None:
    make, sentence = REFUSED[case]
    with pytest.raises(tonecast.Error, match=sentence) as raised:
        convert(trace(make().eval(), {}), {}, 64)
    assert "\n" not in str(raised.value)


class Compressor(nn.Module):
    """Two knobs, an envelope in decibels, a tone."""

    def __init__(self) -> None:
        super().__init__()
        self.follow = Envelope(0.002, 0.15)
        self.tone = Biquad("high_shelf", 4000, gain_db=3)

    def forward(self, x: Tensor, threshold_db: Tensor, release_s: Tensor) -> Tensor:
        level = self.follow(x.abs(), release_s=release_s)
        over = torch.relu(20 * torch.log10(level + 1e-5) - threshold_db[..., None])
        out: Tensor = self.tone(x * 10 ** (-0.75 / 20 * over))
        return out


def test_compressor_plays_live(tmp_path: Path) -> None:
    report = tonecast.export(
        Compressor(),
        tmp_path / "compressor.onnx",
        quiet=True,
        threshold_db=tonecast.Knob(-40, 0, -20),
        release_s=tonecast.Knob(0.05, 0.5, 0.1, scale="log"),
    )
    assert len(report.contract.whole) == 3
    assert tonecast.verify(report.path).passed
