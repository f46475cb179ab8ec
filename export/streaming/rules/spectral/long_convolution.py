"""Convolutions by FFT with responses as long as the signal, as state-space layers compute them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, fx
from torch.nn import functional

from ...frame_graph import FrameGraph
from ...refusal import Refusal
from ...state_space import StateSpace, powers, realise
from ...values import Constant, Stream, Value
from ..registry import whole_shape

_SILENT = 1e-6  # of a response's peak: what is left of it by the rounding of an FFT
_ENDED = 1e-7  # of the peak: single precision's rounding
_LONGEST_FILTER_SAMPLES = 8192  # longer ones take too much of a core
_WAY_OUT = "use a convolution with a filter of fixed length, or a recurrent layer"


@dataclass(frozen=True)
class Spectrum:
    """The spectrum of a padded stream, times that of a response, if any."""

    stream: Stream
    size: int
    response: Tensor | None = None


def to_spectrum(
    frame: FrameGraph,
    node: fx.Node,
    x: Value,
    size: int | None = None,
    axis: int = -1,
    norm: str | None = None,
) -> Any:
    """Along time: the first half of a convolution."""
    if not isinstance(x, Stream) or axis % x.rank != x.time_axis:
        raise Refusal(f"it goes to a spectrum along another axis than time; {_WAY_OUT}")
    if size is None or size <= x.shape[x.time_axis] or norm not in (None, "backward"):
        raise Refusal(
            f"it takes a spectrum of the whole signal, and a stream has no end; {_WAY_OUT}"
        )
    return Spectrum(x, size)


def times_response(frame: FrameGraph, node: fx.Node, x: Any, y: Any) -> Spectrum:
    """Of spectra: a convolution."""
    spectra = [one for one in (x, y) if isinstance(one, Spectrum)]
    other = y if spectra[0] is x else x
    if len(spectra) > 1 or spectra[0].response is not None or not isinstance(other, Constant):
        raise Refusal(f"its response follows the sound or a knob; {_WAY_OUT}")
    (factor,) = (one for one in node.all_input_nodes if _is_complex_constant(frame, one))
    exact = frame.in_double(factor)
    return Spectrum(spectra[0].stream, spectra[0].size, exact)


def _is_complex_constant(frame: FrameGraph, node: fx.Node) -> bool:
    return node in frame.constant_nodes


def from_spectrum(
    frame: FrameGraph,
    node: fx.Node,
    x: Any,
    size: int | None = None,
    axis: int = -1,
    norm: str | None = None,
) -> Value:
    """The second half: a recursion in blocks of a frame."""
    if not isinstance(x, Spectrum) or x.response is None or size != x.size:
        raise Refusal(f"it goes back from a spectrum that is no convolution's; {_WAY_OUT}")
    stream = x.stream
    if stream.time_axis != stream.rank - 1 or stream.batch_axis != 0:
        raise Refusal("its time axis is not the last one; transpose the sound")
    taps = torch.fft.irfft(x.response, size).numpy()
    rows_shape = np.broadcast_shapes(taps.shape[:-1], (1,) * (stream.rank - 1))[-stream.rank + 1 :]
    length = stream.shape[-1]
    causal = min(length, size - length + 1)  # what a response may last without going round
    if np.abs(taps[..., causal:]).max(initial=0.0) > _SILENT * np.abs(taps).max():
        raise Refusal("its response begins before the sound does, or wraps around; make it causal")
    stream = frame.begun(stream, 0.0)
    rows = [realise(row[:length].astype(np.float64)) for row in taps.reshape(-1, taps.shape[-1])]
    found = [row for row in rows if row is not None]
    if len(found) == len(rows):
        return _recursion(frame, stream, found, rows_shape, whole_shape(node))
    return _filter(frame, node, stream, taps.reshape(*rows_shape, taps.shape[-1]))


def _filter(frame: FrameGraph, node: fx.Node, x: Stream, taps: np.ndarray) -> Stream:
    """A response that ends soon, as a convolution."""
    loudness = np.abs(taps).max(axis=tuple(range(taps.ndim - 1)))
    sounding = np.flatnonzero(loudness > _ENDED * loudness.max())
    lasts = 1 + int(sounding[-1])
    if lasts > _LONGEST_FILTER_SAMPLES or x.rank != 3:
        raise Refusal(
            f"its response is no recursion of few states, nor over in {_LONGEST_FILTER_SAMPLES} "
            f"samples; {_WAY_OUT}"
        )
    shape = whole_shape(node)
    rows = np.broadcast_to(taps[..., :lasts], (1, shape[1], lasts))[0, :, None, ::-1]
    kernel = frame.constant(torch.from_numpy(rows.astype(np.float32)))
    if x.shape[1] != shape[1]:  # one sound, a response for each channel
        x = x.changed(
            frame.call(torch.mul, x.node, frame.constant(torch.ones(1, shape[1], 1))),
            (*shape[:2], x.shape[2]),
        )
    span = frame.with_history(x, lasts - 1)
    played = frame.call(functional.conv1d, span, kernel, None, 1, 0, 1, shape[1])
    return x.changed(played, shape, before=0.0 if x.delay <= 0 else None)


def _recursion(
    frame: FrameGraph,
    x: Stream,
    rows: list[StateSpace],
    rows_shape: tuple[int, ...],
    shape: tuple[int, ...],
) -> Stream:
    """Play y = u T + s O, s' = s Aⁿ + u R: [batch, …, 1, n] in, states [batch, …, 1, r]."""
    n = frame.length(x)
    states = max(len(row.b) for row in rows)
    through, out_of, leap, into = (
        torch.from_numpy(np.stack(parts).reshape(*rows_shape, *parts[0].shape).astype(np.float32))
        for parts in zip(*(_block(row, n, states) for row in rows), strict=True)
    )
    kept_axes = [
        size if size != 1 else x.shape[axis] for axis, size in enumerate(rows_shape) if axis > 0
    ]
    state = frame.state(torch.zeros(1, *kept_axes, 1, states))
    sound = frame.call(torch.unsqueeze, x.node, -2)
    direct = frame.call(torch.matmul, sound, frame.constant(through))
    kept = frame.call(torch.matmul, state.now, frame.constant(out_of))
    played = frame.call(torch.squeeze, frame.call(torch.add, direct, kept), -2)
    state.next = frame.call(
        torch.add,
        frame.call(torch.matmul, state.now, frame.constant(leap)),
        frame.call(torch.matmul, sound, frame.constant(into)),
    )
    return x.changed(played, shape, before=0.0 if x.delay <= 0 else None)


def _block(row: StateSpace, n: int, states: int) -> tuple[np.ndarray, ...]:
    """What a recursion does to n samples at once, as matrices from the right."""
    lacking = states - len(row.b)
    a = np.pad(row.a, (0, lacking))
    b, c = np.pad(row.b, (0, lacking)), np.pad(row.c, (0, lacking))
    response = row.response(n)
    through = np.zeros((n, n))
    for i in range(n):
        through[i, i:] = response[: n - i]
    out_of = powers(c, a, n).T
    leap = np.linalg.matrix_power(a, n).T
    into = powers(b, a.T, n)[::-1]
    return through, out_of, leap, into
