"""Audio arrays as users hold them: which are played, and where their channels are."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

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
    rate_hz = float(sample_rate)
    # The largest is far above any converter's: the engine says what it plays.
    if not (math.isfinite(rate_hz) and rate_hz.is_integer() and abs(rate_hz) < 2**31):
        raise ValueError(f"the sample rate must be a whole number of Hz, not {sample_rate!r}")
    return int(rate_hz)


def is_interleaved(audio: Audio, when_square: bool | None, running: int | None = None) -> bool:
    """Whether `audio` is [samples, channels]: the shorter axis is taken for the channels.

    As pedalboard does. A stream of `running` channels goes on with blocks of as many, even if they
    are shorter than that. Raise ValueError for a square with `when_square` unknown.
    """
    if audio.ndim == 1 or audio.shape == (1, 1):
        return False
    if running is not None and (audio.shape[0] == running) != (audio.shape[1] == running):
        return bool(audio.shape[1] == running)
    if audio.shape[0] != audio.shape[1]:
        return bool(audio.shape[1] < audio.shape[0])
    if when_square is None:
        raise ValueError(
            f"which axis of a {audio.shape[0]} × {audio.shape[1]} array holds the channels cannot "
            f"be told; give more samples"
        )
    return when_square


def to_samples(audio: Audio) -> Samples:
    """`audio` as C-contiguous float32, copied only where it is not so already."""
    with np.errstate(over="ignore"):  # what float32 cannot hold becomes Inf: the engine counts it
        return np.ascontiguousarray(audio, dtype=np.float32)
