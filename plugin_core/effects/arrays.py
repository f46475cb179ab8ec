"""Audio arrays as users pass them: which are accepted, and which of their axes is the channels."""

from __future__ import annotations

import math
import operator
from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray

from ..effect_files.contract import Contract
from ..errors import Error
from ..samples import Samples

Audio = NDArray[np.float32] | NDArray[np.float64]


def check_audio(audio: Audio) -> None:
    """Raise TypeError or ValueError unless `audio` is float32 or float64 with one or two axes."""
    if not isinstance(audio, np.ndarray):
        raise TypeError(f"audio must be a NumPy array, not {type(audio).__name__}")
    if audio.dtype.kind != "f" or audio.dtype.itemsize not in (4, 8):
        raise TypeError(
            f"audio must be float32 or float64 with full scale at ±1, not {audio.dtype}"
        )
    if audio.ndim not in (1, 2):
        raise ValueError(
            f"audio must be [samples], [channels, samples] or [samples, channels]; "
            f"an array of {audio.ndim} dimensions is none of them"
        )


def check_sample_rate(sample_rate: float) -> int:
    """The rate in whole Hz. Raise TypeError if it is no number, ValueError if it is not whole."""
    if isinstance(sample_rate, (str, bytes)) or not hasattr(sample_rate, "__float__"):
        raise TypeError(f"the sample rate must be a number in Hz, not {sample_rate!r}")
    try:
        rate_hz = float(sample_rate)
    except OverflowError:
        raise ValueError("the sample rate must be a number of Hz, not an endless integer") from None
    # The largest is far above any converter's: the engine says what it plays.
    if not (math.isfinite(rate_hz) and rate_hz.is_integer() and abs(rate_hz) < 2**31):
        raise ValueError(f"the sample rate must be a whole number of Hz, not {sample_rate!r}")
    return int(rate_hz)


def check_count(what: str, count: int) -> int:
    """A number of samples or channels. Raise TypeError or ValueError unless whole, below 2^31."""
    try:
        whole = operator.index(count)
    except TypeError:
        raise TypeError(f"{what} must be a whole number, not {count!r}") from None
    if abs(whole) >= 2**31:
        raise ValueError(f"{what} must be less than 2^31")
    return whole


@dataclass(frozen=True)
class Layout:
    """The axes of a user's array: how many there are, and whether it is [samples, channels]."""

    axes: int
    interleaved: bool

    def restore(self, planar: Samples) -> Samples:
        """[channels, samples] as [samples], [channels, samples] or [samples, channels].

        What has become of [samples] more than one channel stays [channels, samples].
        """
        if self.axes == 1:
            return planar.reshape(-1) if len(planar) == 1 else planar
        return to_samples(planar.T if self.interleaved else planar)


def to_planar(
    audio: Audio, square_interleaved: bool | None, stream_channels: int | None
) -> tuple[Audio, Layout]:
    """`audio` as a view of [channels, samples], and the layout that brings results back.

    The shorter axis is taken for the channels, as pedalboard does. In a stream of
    `stream_channels`, an axis of that length is, even if the block is shorter than that. Squares
    are what `square_interleaved` says.

    Raise TypeError or ValueError as `check_audio` does, and ValueError for a square if
    `square_interleaved` is None.
    """
    check_audio(audio)
    layout = Layout(audio.ndim, _is_interleaved(audio, square_interleaved, stream_channels))
    if audio.ndim == 1:
        return audio[np.newaxis], layout
    return (audio.T if layout.interleaved else audio), layout


def played_channels(contract: Contract, channels: int) -> int:
    """How many an effect makes of so many: one is heard by all that play together."""
    return contract.channels if contract.channels and channels == 1 else channels


def to_channels(planar: Audio, channels: int) -> Audio:
    """A view of [1 or channels, samples] as [channels, samples]."""
    return cast(Audio, np.broadcast_to(planar, (channels, planar.shape[1])))


def to_planar_sidechain(sidechain: Audio, planar: Audio, layout: Layout) -> Audio:
    """A side-chain in the layout of its sound as [channels, samples], one channel for all repeated.

    Raise TypeError or ValueError as `check_audio` does, and ValueError where it does not fit.
    """
    check_audio(sidechain)
    rows = sidechain[np.newaxis] if sidechain.ndim == 1 else sidechain
    if sidechain.ndim == 2 and layout.interleaved:
        rows = rows.T
    channels, samples = planar.shape
    if rows.shape[1] != samples:
        raise ValueError(
            f"the side-chain has {rows.shape[1]} samples, the sound {samples}; give as many of both"
        )
    if rows.shape[0] not in (1, channels):
        raise ValueError(
            f"the side-chain has {rows.shape[0]} channels, the sound {channels}; give as many, or "
            f"one for all"
        )
    return to_channels(rows, channels)


def check_has_sidechain(name: str, contract: Contract) -> None:
    """Raise tonecast.Error for an effect that listens to its input alone."""
    if not contract.hears_sidechain:
        raise Error(f"{name} listens to no side-chain; play it without one")


def _is_interleaved(
    audio: Audio, square_interleaved: bool | None, stream_channels: int | None
) -> bool:
    if audio.ndim == 1 or audio.shape == (1, 1):
        return False
    fits = [bool(size == stream_channels) for size in audio.shape]
    if fits[0] != fits[1]:
        return fits[1]
    if audio.shape[0] != audio.shape[1]:
        return bool(audio.shape[1] < audio.shape[0])
    if square_interleaved is None:
        raise ValueError(
            f"which axis of a {audio.shape[0]} × {audio.shape[1]} array holds the channels cannot "
            f"be told; give more samples"
        )
    return square_interleaved


def to_samples(audio: Audio) -> Samples:
    """`audio` as C-contiguous float32, copied only where it is not so already."""
    try:
        with np.errstate(over="raise"):
            return np.ascontiguousarray(audio, dtype=np.float32)
    except FloatingPointError:  # beyond the range of float32, but numbers: the engine counts them
        largest = np.finfo(np.float32).max
        held = np.where(np.isinf(audio), audio, np.clip(audio, -largest, largest))
        return np.ascontiguousarray(held, dtype=np.float32)


def silenced_input(nonfinite: int, excessive: int) -> str:
    """What was wrong with samples that the engine played as silence; empty if there were none."""
    wrong = [
        f"{count} samples of the input are {what}"
        for count, what in (
            (nonfinite, "NaN or infinite"),
            (excessive, "beyond 1e15, which is 300 dB over full scale"),
        )
        if count
    ]
    return f"{' and '.join(wrong)}; they were played as silence" if wrong else ""
