"""What is converted plays, frame by frame, what the module makes of the whole signal."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

torch = pytest.importorskip("torch", reason="exports need PyTorch: pip install 'tonecast[train]'")

import framed_nets as framed  # noqa: E402
import whole_nets as nets  # noqa: E402
from tonecast.export.streaming.convert import convert, frame_quantum  # noqa: E402
from tonecast.export.streaming.trace import trace  # noqa: E402
from torch import Tensor, nn  # noqa: E402
from whole_and_frames import noise, play_frames, play_whole  # noqa: E402

SAMPLES = 3000
CASES: dict[str, tuple[Callable[[], nn.Module], Mapping[str, float], int]] = {
    # module, knobs, the delay that it is to have
    "LSTM": (lambda: nets.Recurrent(nn.LSTM), {}, 0),
    "GRU of two layers": (lambda: nets.Recurrent(nn.GRU, 2), {}, 0),
    "plain cells": (lambda: nets.Recurrent(nn.RNN, 2, nonlinearity="relu", bias=False), {}, 0),
    "time first": (nets.TimeFirst, {}, 0),
    "knob as a channel": (nets.Driven, {"drive": 0.7}, 0),
    "padded once": (nets.Film, {"tone": 0.3}, 0),
    "chomped": (nets.Chomped, {}, 0),
    "looks ahead": (nets.Ahead, {}, 12),
    "strides": (nets.Pyramid, {}, 8),
    "blocks": (nets.Blocks, {}, 0),
    "pictures": (nets.Bands, {}, 0),
    "batch and time in one": (nets.Flat, {}, 0),
    "running sum": (nets.Summed, {}, 0),
    "held": (nets.Held, {}, 0),
    "parts": (nets.Parts, {}, 0),
    "state space": (nets.StateSpace, {}, 0),
    "reflected": (nets.Reflected, {}, 4),
    "filterbank": (nets.Filterbank, {}, 72),
    "straight lines": (framed.Lines, {}, 21),
    "overlapping frames": (framed.Overlapping, {}, 0),
    "attention to the last": (framed.Looking, {}, 0),
    "attention within blocks": (framed.Attending, {}, 0),
    "cells within blocks": (framed.Paths, {}, 0),
    "convolution within blocks": (framed.Gated, {}, 0),
    "response by FFT": (framed.Response, {}, 0),
}


@pytest.mark.parametrize("case", CASES)
def test_stream_equals_the_whole_from_the_first_sample(case: str) -> None:
    make, knobs, delay = CASES[case]
    torch.manual_seed(1)
    module = make().eval()
    traced = trace(module, knobs)
    quantum = frame_quantum(traced, knobs)
    for size in (quantum, quantum * max(1, -(-40 // quantum))):
        converted = convert(traced, knobs, size)
        silence = 64 if converted.forgets_edges else 0
        sound = noise(SAMPLES // size * size, silence)
        whole = play_whole(module, sound, knobs)
        late = converted.delay_samples
        played = play_frames(converted, sound, knobs)[:, late:]
        assert played.shape[1] > SAMPLES - 200
        difference = (played - whole[:, : played.shape[1]]).abs().max()
        assert difference < 3e-6, f"frames of {size}"
    if case != "strides":  # its cells must begin with a frame
        assert converted.delay_samples == delay


def test_channels_have_states_of_their_own() -> None:
    torch.manual_seed(1)
    converted = convert(trace(nets.Pyramid().eval(), {}), {}, 16)
    sound = noise(SAMPLES // 16 * 16, channels=3)
    together = play_frames(converted, sound, {})
    apart = torch.cat([play_frames(converted, one[None], {}) for one in sound])
    assert torch.allclose(together, apart, atol=1e-6)


def test_a_convolution_keeps_no_more_than_it_looks_back() -> None:
    torch.manual_seed(1)
    module = nn.Sequential(nn.ZeroPad1d((6, 0)), nn.Conv1d(1, 1, 4, dilation=2)).eval()
    converted = convert(trace(module, {}), {}, 16)
    assert {name: state.shape for name, state in converted.initial_states.items()} == {
        "s0": (1, 1, 6)
    }
    assert converted.prewarm_samples == 0


def test_silence_is_played_first_where_padding_stands_in_front_of_all() -> None:
    torch.manual_seed(1)
    converted = convert(trace(nets.Film().eval(), {"tone": 0.3}), {"tone": 0.3}, 16)
    assert converted.prewarm_samples == 24  # 26 of padding, of which the first layer takes 2


class TwoKnobs(nn.Module):
    def forward(self, x: Tensor, gain: Tensor, offset: Tensor) -> Tensor:
        return x * gain[..., None] + offset[..., None]


def test_knobs_go_by_their_names_in_whatever_order() -> None:
    knobs = {"offset": 0.25, "gain": 2.0}
    module = TwoKnobs()
    converted = convert(trace(module, knobs), knobs, 16)
    sound = noise(320)
    assert torch.equal(play_frames(converted, sound, knobs), play_whole(module, sound, knobs))
