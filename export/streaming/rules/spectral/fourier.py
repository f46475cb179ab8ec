"""Fourier transforms of blocks, and of windows that overlap, as products with fixed matrices."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, fx
from torch.nn import functional

from ...frame_graph import FrameGraph
from ...refusal import Refusal
from ...values import Complex, Constant, Control, Moving, Stream, Value
from ..convolution import up
from ..join import stacked
from ..registry import as_stream, complex_rule, rule, whole_shape
from ..time import windows
from .complex_numbers import Arithmetic, pair
from .long_convolution import Spectrum, from_spectrum, to_spectrum

_SMALLEST_ENVELOPE = 1e-11  # torch.istft divides by no less
_NO_END = "it goes to a spectrum of the whole signal, and a stream has no end; use torch.stft"


@complex_rule("fft_rfft", "fft_fft", "fft_ifft", "fft_hfft", "fft_ihfft", "fft_irfft")
@rule("fft_irfft", "fft_hfft")
def transformed(
    frame: FrameGraph,
    node: fx.Node,
    x: Any,
    size: int | None = None,
    axis: int = -1,
    norm: str | None = None,
) -> Any:
    """Of blocks, along another axis than time; along time, as a convolution by FFT."""
    name = str(node.target).split(".")[1]
    if isinstance(x, Spectrum):
        if name != "fft_irfft":
            raise Refusal("it goes back from a spectrum otherwise than it went there; use irfft")
        return from_spectrum(frame, node, x, size, axis, norm)
    shape = x.shape
    axis %= len(shape)
    first = x.real if isinstance(x, Complex) else x
    if isinstance(first, Stream) and axis in (first.time_axis, first.batch_axis):
        if name == "fft_rfft" and axis == first.time_axis:
            return to_spectrum(frame, node, x, size, axis, norm)
        raise Refusal(_NO_END)
    function = getattr(torch.fft, name.removeprefix("fft_"))

    def matrix(unit: complex, part: int) -> Tensor:
        eye = torch.eye(shape[axis], dtype=torch.float64)
        given = eye if name in ("fft_rfft", "fft_ihfft") else unit * eye
        out: Tensor = function(given, size, -1, norm)
        return torch.view_as_real(out.resolve_conj())[..., part] if out.is_complex() else out

    is_real = not whole_dtype(node).is_complex
    of = Arithmetic(frame)
    parts = pair(x) if isinstance(x, Complex) else (x,)
    outs = []
    for part in range(1 if is_real else 2):
        made = [
            _product(frame, one, matrix(unit, part), axis, whole_shape(node))
            for one, unit in zip(parts, (1, 1j), strict=False)
        ]
        outs.append(of.add(*made) if len(made) > 1 else made[0])
    return outs[0] if is_real else of.complex((outs[0], outs[1]))


def whole_dtype(node: fx.Node) -> torch.dtype:
    """Of what a traced operator gives."""
    kind: torch.dtype = node.meta["val"].dtype
    return kind


def _kind(x: Moving) -> torch.dtype:
    """Single precision, as a rule."""
    kind: torch.dtype = x.node.meta["val"].dtype
    return kind


def _product(
    frame: FrameGraph, x: Any, matrix: Tensor, axis: int, shape: tuple[int, ...]
) -> Moving:
    """Along any axis but time."""
    node = frame.call(torch.movedim, x.node, axis, -1)
    node = frame.call(torch.matmul, node, frame.constant(matrix.to(_kind(x))))
    node = frame.call(torch.movedim, node, -1, axis)
    if isinstance(x, Control):
        return Control(node, shape, x.batch_axis)
    assert isinstance(x, Stream)
    return x.changed(node, shape, before=0.0 if x.before == 0 else None)


@complex_rule("stft")
def spectra(
    frame: FrameGraph,
    node: fx.Node,
    x: Moving,
    size: int,
    hop: int | None = None,
    width: int | None = None,
    window: Value | None = None,
    normalized: bool = False,
    onesided: bool | None = None,
    return_complex: bool | None = None,
    align_to_window: bool | None = None,
) -> Any:
    """Windows of a signal, each filtered by cosines and sines: rate 1 / hop.

    A signal that torch.stft centres is padded by an operator before it.
    """
    stream = as_stream(x)
    if isinstance(x, Complex) or (stream.batch_axis, stream.time_axis) != (0, stream.rank - 1):
        raise Refusal("it takes spectra of sound [batch, time] alone; reshape the sound")
    if align_to_window:
        raise Refusal("it aligns spectra to their windows; leave align_to_window out")
    hop = hop or size // 4
    full = _window(window, width, size)
    function = torch.fft.fft if onesided is False else torch.fft.rfft
    bins = function(full.diag(), norm="ortho" if normalized else None).T
    kernel = torch.cat([bins.real, bins.imag])[:, None].to(_kind(stream)).contiguous()
    shape = (stream.shape[0], len(kernel), _complex_shape(node)[2])

    def play(span: fx.Node) -> fx.Node:
        rows = frame.call(torch.unsqueeze, span, 1)
        return frame.call(functional.conv1d, rows, frame.constant(kernel), None, hop)

    both = windows(frame, stream, size, hop, shape, play, time_axis=2)
    parts = []
    for begin in (0, len(bins)):
        part = frame.call(torch.narrow, both.node, 1, begin, len(bins))
        parts.append(both.changed(part, _complex_shape(node)))
    if len(whole_shape(node)) == 4:  # return_complex=False
        return stacked(frame, node, parts, -1)
    return Complex(*parts)


def _complex_shape(node: fx.Node) -> tuple[int, ...]:
    return whole_shape(node)[:3]


@complex_rule("istft")
def from_spectra(
    frame: FrameGraph,
    node: fx.Node,
    x: Any,
    size: int,
    hop: int | None = None,
    width: int | None = None,
    window: Value | None = None,
    center: bool = True,
    normalized: bool = False,
    onesided: bool | None = None,
    length: int | None = None,
    return_complex: bool = False,
) -> Value:
    """Each spectrum is a sum of windowed cosines and sines; these are added up where they overlap.

    The sum is divided by that of the squared windows, as torch.istft does: at the begin, where
    fewer overlap, by less.
    """
    if return_complex:
        raise Refusal("it goes back to complex numbers; leave return_complex out")
    if not isinstance(x, Complex) or not isinstance(x.real, Stream):
        raise Refusal("it goes back from what is no spectrum of the sound")
    real, imag = x.real, as_stream(x.imag)
    if (real.batch_axis, real.time_axis, real.rank) != (0, 2, 3):
        raise Refusal("it takes spectra [batch, bins, time]; transpose or reshape them")
    hop = hop or size // 4
    full = _window(window, width, size)
    # Of both sides torch.istft takes one.
    eye = torch.eye(real.shape[1], size // 2 + 1, dtype=torch.float64)
    norm = "ortho" if normalized else None
    waves = [torch.fft.irfft(unit * eye, size, norm=norm) for unit in (1, 1j)]
    kernel = (torch.cat(waves) * full)[:, None].to(_kind(real)).contiguous()
    rows = frame.call(torch.cat, [real.node, imag.node], 1)
    shape = (real.shape[0], len(kernel), real.shape[2])
    before = 0.0 if real.before == imag.before == 0 else None
    both = frame.begun(real.changed(rows, shape, before=before), 0.0)
    cut = size // 2 if center else 0
    time = whole_shape(node)[1]
    added = up(frame, (shape[0], 1, time), both, Constant(kernel), stride=hop, padding=cut)
    sound = frame.call(torch.squeeze, added.node, 1)
    envelope = _envelope(frame, both, full.square(), hop, cut)
    out = frame.call(torch.div, sound, envelope)
    # Before the first sample windows alone are divided by windows, and rounding is all there is.
    return frame.begun(added.changed(out, (shape[0], time), time_axis=1, before=None), 0.0)


def _envelope(frame: FrameGraph, spectra: Stream, square: Tensor, hop: int, cut: int) -> fx.Node:
    """The sum of the squared windows for each sample of a frame, [1, n]."""
    overlap = -(-len(square) // hop)
    slots = functional.pad(square, (0, overlap * hop - len(square))).reshape(overlap, hop)
    begin = slots.cumsum(0).flatten()  # as long as not all overlap, and the first hop after that
    if begin[cut:].min() < _SMALLEST_ENVELOPE:
        raise Refusal(
            "its windows leave samples out, so that nothing is known of these; overlap more, or "
            "take center=True"
        )
    # Slot by slot: whether the spectrum that falls into it has come since the begin.
    since = frame.call(torch.reshape, frame.since_begin(spectra), (-1, 1))
    ages = torch.arange(overlap) * float(1 / spectra.rate)
    there = frame.call(torch.ge, since, frame.constant(ages[None].float()))
    there = frame.call(torch.Tensor.to, there, torch.float32)
    sums = frame.call(torch.matmul, there, frame.constant(slots.float().contiguous()))
    flat = frame.call(torch.reshape, sums, (1, -1))
    return frame.call(torch.clamp, flat, min=_SMALLEST_ENVELOPE)


def _window(window: Any, width: int | None, size: int) -> Tensor:
    """As long as a spectrum's block, in double precision."""
    if not isinstance(window, (Constant, type(None))):
        raise Refusal("its window follows the sound or a knob; use a fixed one")
    width = width or size
    tensor = torch.ones(width) if window is None else window.tensor
    left = (size - width) // 2
    return functional.pad(tensor.double(), (left, size - width - left))
