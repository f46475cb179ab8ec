"""Random stacks of layers, each wrapped to keep the length: a stream is the whole, or refused."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="exports need PyTorch: pip install 'tonecast[train]'")

from tonecast.export.filters import Biquad, Envelope, OnePole  # noqa: E402
from tonecast.export.streaming.convert import convert, frame_quantum  # noqa: E402
from tonecast.export.streaming.trace import trace  # noqa: E402
from torch import Tensor, nn  # noqa: E402
from torch.nn import functional  # noqa: E402
from torch.nn.functional import pad  # noqa: E402
from whole_and_frames import noise, play_frames, play_whole  # noqa: E402

SEEDS = range(20)
CHANNELS = 2
SAMPLES = 1200
END_SAMPLES = 200  # at the end of the whole, padding on the right sounds

Layer = Callable[[Tensor], Tensor]


def fitted(y: Tensor, x: Tensor) -> Tensor:
    """As long as x: cut, or padded on the right."""
    return pad(y, (0, x.shape[-1] - y.shape[-1]))  # a negative width cuts


class RandomNet(nn.Module):
    """[batch, 1, time] to the same through two to five layers that a seed draws."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self.draw = np.random.default_rng(seed)
        torch.manual_seed(seed)
        self.kept = nn.ModuleList()
        self.first = self.filtered(1)
        self.stack = self.layers(depth=0)
        self.last = nn.Conv1d(CHANNELS, 1, 1)

    def forward(self, x: Tensor) -> Tensor:
        y = self.first(x)
        for layer in self.stack:
            y = layer(y)
        out: Tensor = self.last(y)
        return out

    def layers(self, depth: int) -> list[Layer]:
        kinds = [self.filtered, self.shifted, self.cells, self.pooled, self.curve, self.blocks]
        kinds += [self.recursive, self.spectral, self.attending]
        kinds += [self.summed, self.strided, self.branched] if depth < 2 else [self.summed]
        count = self.between(2, 5) if depth == 0 else 1
        return [kinds[self.between(0, len(kinds) - 1)](depth=depth) for _ in range(count)]

    def between(self, lowest: int, highest: int) -> int:
        return int(self.draw.integers(lowest, highest + 1))

    def keep(self, layer: nn.Module) -> nn.Module:
        self.kept.append(layer)
        return layer

    def filtered(self, ins: int = CHANNELS, depth: int = 0) -> Layer:
        size, dilation = self.between(1, 5), self.between(1, 3)
        conv = nn.Conv1d(ins, CHANNELS, size, dilation=dilation, bias=bool(self.between(0, 1)))
        self.keep(conv)
        left = self.between(0, dilation * size)
        value = 0.3 * self.between(0, 1)
        return lambda x: fitted(conv(pad(x, (left, dilation * size), value=value)), x)

    def shifted(self, depth: int) -> Layer:
        cut, left, value = self.between(0, 9), self.between(0, 9), 0.5 * self.between(-1, 1)
        return lambda x: fitted(pad(x[..., cut:], (left, 0), value=value), x)

    def cells(self, depth: int) -> Layer:
        kind = (nn.LSTM, nn.GRU, nn.RNN)[self.between(0, 2)]
        layer = self.keep(kind(CHANNELS, CHANNELS, self.between(1, 2), batch_first=True))
        return lambda x: x + layer(x.mT)[0].mT

    def pooled(self, depth: int) -> Layer:
        size, step = self.between(2, 4), self.between(1, 4)
        left = self.between(0, size // 2)
        pool = (functional.max_pool1d, functional.avg_pool1d)[self.between(0, 1)]
        return lambda x: fitted(pool(x, size, step, left).repeat_interleave(step, -1), x)

    def curve(self, depth: int) -> Layer:
        curves: list[Layer] = [
            torch.tanh,
            torch.cos,
            lambda x: 1 - x.abs(),
            lambda x: x.clamp(max=0),
        ]
        return curves[self.between(0, 3)]

    def blocks(self, depth: int) -> Layer:
        size = self.between(2, 4)
        dense = self.keep(nn.Linear(size, size))

        def play(x: Tensor) -> Tensor:
            whole = x.shape[-1] // size * size
            return fitted(dense(x[..., :whole].unflatten(-1, (-1, size))).flatten(2), x)

        return play

    def recursive(self, depth: int) -> Layer:
        one = self.keep(OnePole(10.0 ** self.between(1, 4)))
        peak = self.keep(Biquad("peak", 10.0 ** self.between(2, 4), gain_db=self.between(-9, 9)))
        follow = self.keep(Envelope(*(0.1 ** self.between(1, 4) for _ in range(2))))
        layers: list[Layer] = [one, peak, follow, lambda x: peak(x, 100 + 900 * torch.tanh(x) ** 2)]
        return layers[self.between(0, 3)]

    def spectral(self, depth: int) -> Layer:
        size, overlap = 4 * self.between(2, 4), self.between(2, 4)
        hop = size // overlap
        window = torch.hamming_window(size) if self.between(0, 1) else torch.ones(size)
        options = {"window": window, "hop_length": hop, "center": bool(self.between(0, 1))}
        dense = self.keep(nn.Linear(size // 2 + 1, size // 2 + 1))
        phase = 0.5 * self.between(0, 2)

        def play(x: Tensor) -> Tensor:
            rows = pad(x.flatten(0, 1), (0, size))
            spectra = torch.stft(rows, size, pad_mode="constant", return_complex=True, **options)
            gains = torch.sigmoid(dense(spectra.abs().mT)).mT
            spectra = spectra * torch.polar(gains, phase * gains)
            sound = torch.istft(spectra, size, **options)
            return fitted(sound.unflatten(0, x.shape[:2]), x)

        return play

    def attending(self, depth: int) -> Layer:
        size = self.between(2, 4)
        layer = self.keep(nn.MultiheadAttention(CHANNELS, 2, batch_first=True))

        def play(x: Tensor) -> Tensor:
            whole = x.shape[-1] // size * size
            blocks = x[..., :whole].mT.reshape(-1, size, CHANNELS)
            mixed = layer(blocks, blocks, blocks, need_weights=False)[0]
            return x + fitted(mixed.reshape(len(x), whole, CHANNELS).mT, x)

        return play

    def summed(self, depth: int) -> Layer:
        return lambda x: 0.003 * torch.cumsum(torch.tanh(x), -1)

    def strided(self, depth: int) -> Layer:
        step = self.between(2, 4)
        size, left = self.between(1, 2 * step), self.between(0, step)
        down = self.keep(nn.Conv1d(CHANNELS, CHANNELS, size, stride=step))
        up = self.keep(
            nn.ConvTranspose1d(CHANNELS, CHANNELS, self.between(step, 2 * step), stride=step)
        )
        (inner,) = self.layers(depth + 1)
        return lambda x: x + fitted(up(inner(down(pad(x, (left, size))))), x)

    def branched(self, depth: int) -> Layer:
        (a,), (b,) = self.layers(depth + 1), self.layers(depth + 1)
        mix = self.keep(nn.Conv1d(2 * CHANNELS, CHANNELS, 1))
        joins = [
            lambda x: a(x) * torch.sigmoid(b(x)),
            lambda x: mix(torch.cat([a(x), b(x)], 1)),
            lambda x: torch.where(a(x) > b(x), x, b(x)),
        ]
        return joins[self.between(0, 2)]


@pytest.mark.parametrize("seed", SEEDS)
def test_stream_equals_the_whole(seed: int) -> None:
    module = RandomNet(seed).eval()
    traced = trace(module, {})
    quantum = frame_quantum(traced, {})
    for size in (quantum * max(1, 6 // quantum), quantum * max(1, -(-40 // quantum))):
        converted = convert(traced, {}, size)
        sound = noise(SAMPLES // size * size, channels=2)
        played = play_frames(converted, sound, {})[:, converted.delay_samples :]
        count = played.shape[1] - END_SAMPLES
        assert count > SAMPLES // 2
        whole = play_whole(module, sound, {})
        tolerance = 1e-5 * max(1.0, float(whole.abs().max()))
        difference = played[:, :count] - whole[:, :count]
        assert difference.abs().max() <= tolerance, f"frames of {size}"
