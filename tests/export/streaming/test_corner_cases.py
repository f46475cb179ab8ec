"""What once was played otherwise than the whole, each in a line or two."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce

import pytest

torch = pytest.importorskip("torch", reason="exports need PyTorch: pip install 'tonecast[train]'")

from tonecast.export.streaming.convert import convert, frame_quantum  # noqa: E402
from tonecast.export.streaming.trace import trace  # noqa: E402
from torch import nn  # noqa: E402
from torch.nn.functional import pad  # noqa: E402
from torch.nn.utils.parametrizations import (  # noqa: E402
    orthogonal,
    spectral_norm,
    weight_norm,
)
from torch.nn.utils.prune import l1_unstructured  # noqa: E402
from whole_and_frames import noise, play_frames, play_whole  # noqa: E402
from whole_nets import KnobNet, Net  # noqa: E402


def gated(x: torch.Tensor, layer: nn.Module) -> torch.Tensor:
    a, b = layer(pad(x, (2, 0))).chunk(2, 1)
    return x + torch.tanh(a) * torch.sigmoid(b)


def conv(ins: int, outs: int, size: int, **options: int) -> nn.Module:
    return nn.Conv1d(ins, outs, size, **options)


CASES: dict[str, Callable[[], Net]] = {
    "silence before is no whole frame": lambda: Net(
        lambda x, a, b, c: c(pad(b(a(pad(x, (11, 0)))), (2, 0)))[..., : x.shape[-1]],
        *(conv(1, 3, 5), conv(3, 3, 7), conv(3, 1, 3)),
    ),
    "only the end asks for silence": lambda: Net(
        lambda x, a: a(pad(x + 0.5, (3, 0)))[..., : x.shape[-1]], conv(1, 1, 2)
    ),
    "cells behind padding and a filter": lambda: Net(
        lambda x, a, cells: cells(a(pad(x, (13, 0))).transpose(1, 2))[0][:, : x.shape[-1]].mT,
        *(conv(1, 2, 4), nn.LSTM(2, 1, batch_first=True)),
    ),
    "cells over padding that is cut off later": lambda: Net(
        lambda x, cells: cells(pad(x, (7, 0)).mT)[0].mT[..., 7:], nn.GRU(1, 1, batch_first=True)
    ),
    "channels padded with another value": lambda: Net(
        lambda x, a: a(pad(pad(1 - x, (3, 0), value=1.0), (0, 0, 0, 1))), conv(2, 1, 4)
    ),
    "running sum over padded channels": lambda: Net(
        lambda x, a, b: b(torch.cumsum(pad(a(x), (3, 0), value=1.0), 1)),
        *(conv(1, 2, 1, bias=False), conv(2, 1, 4)),
    ),
    "filter shorter than its step upwards": lambda: Net(
        lambda x, a, b: b(a(x)),
        *(conv(1, 2, 2, stride=4), nn.ConvTranspose1d(2, 1, 2, stride=4, output_padding=2)),
    ),
    "squeezed": lambda: Net(lambda x: x.squeeze().squeeze(-1).reshape(x.shape)),
    "a constant for each signal of the batch": lambda: Net(
        lambda x, a: a(torch.cat([x, torch.ones(x.shape[0], 1, 1) @ x + x.new_ones(x.shape)], 1)),
        conv(2, 1, 1),
    ),
    "a mask and whole numbers that wait": lambda: Net(
        lambda x, a, table: torch.where(
            (x > 0) & (a(x) > 0), a(x), table((x[:, 0] > 0.1).long()).mT[:, :1]
        ),
        *(conv(1, 1, 7, padding=3), nn.Embedding(2, 3)),
    ),
    "blocks of twelve to blocks of eight": lambda: Net(
        lambda x, a, b: b(a(x.reshape(x.shape[0], -1, 12)).reshape(x.shape[0], -1, 8)).view(
            x.shape
        ),
        *(nn.Linear(12, 12), nn.Linear(8, 8)),
    ),
    "filter of one with a step": lambda: Net(
        lambda x, a: a(x).repeat_interleave(3, -1), conv(1, 1, 1, stride=3)
    ),
    "largest of padded windows": lambda: Net(
        lambda x: torch.nn.functional.max_pool1d(x, 5, 1, padding=2)
    ),
    "every fourth from the third on": lambda: Net(
        lambda x: x[..., 2::4].repeat_interleave(4, -1) + x
    ),
    "channels reflected and rolled": lambda: Net(
        lambda x, a: pad(a(x)[:, None], (0, 0, 1, 1), mode="replicate").roll(1, 2).sum(2),
        conv(1, 3, 5, padding=2),
    ),
    "computed in double": lambda: Net(
        lambda x: (x.double() + pad(x, (0, 3))[..., 3:].double() / 3).float()
    ),
    "weights that are computed": lambda: Net(
        lambda x, a, b, c: c(b(a(pad(x, (8, 0)))))[..., : x.shape[-1]],
        weight_norm(conv(1, 4, 3)),
        spectral_norm(orthogonal(conv(4, 4, 5))),
        l1_unstructured(conv(4, 1, 3), "weight", amount=0.3),
    ),
    "knob as three features": lambda: KnobNet(
        lambda x, drive, a: (
            x * a(torch.cat([drive.expand(-1, 3), torch.ones(len(x), 1)], 1))[..., None]
        ),
        nn.Linear(4, 1),
    ),
    "knob beside a lower rate": lambda: KnobNet(
        lambda x, drive, a, b: b(
            torch.cat([y := a(x), drive[:, :, None].expand(-1, -1, y.shape[-1])], 1)
        ),
        *(conv(1, 2, 4, stride=4), nn.ConvTranspose1d(3, 1, 4, stride=4)),
    ),
    "knob as long as the sound": lambda: KnobNet(
        lambda x, drive, a: a(torch.cat([x, torch.ones_like(x) * drive[:, :, None]], 1)),
        conv(2, 1, 1),
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_stream_equals_the_whole(case: str) -> None:
    torch.manual_seed(1)
    module = CASES[case]().eval()
    knobs = {"knob": 0.3} if isinstance(module, KnobNet) else {}
    traced = trace(module, knobs)
    quantum = frame_quantum(traced, knobs)
    for size in (quantum, 3 * quantum, quantum * max(1, -(-40 // quantum))):
        converted = convert(traced, knobs, size)
        assert all(state.isfinite().all() for state in converted.initial_states.values())
        sound = noise(1920 // size * size, channels=2)
        whole = play_whole(module, sound, knobs)
        played = play_frames(converted, sound, knobs)[:, converted.delay_samples :]
        difference = (played - whole[:, : played.shape[1]]).abs().max()
        assert difference < 3e-6, f"frames of {size}"


def test_many_layers_are_no_loop_over_samples() -> None:
    """They were refused as one, for what the tracer itself calls."""
    layers = (conv(1, 2, 3) for _ in range(40))
    traced = trace(Net(lambda x, *layers: reduce(gated, layers, x), *layers).eval(), {})
    assert sum(str(node.target).startswith("aten.conv") for node in traced.graph.nodes) == 40
