"""Reading the two files: one channel each, one sample rate for both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ....plugin_core.audio_files.files import open_audio
from ....plugin_core.errors import Error
from ....plugin_core.samples import Samples
from .check_result import CheckResult

MIN_RATE_HZ = 8000
MAX_RATE_HZ = 48_000
MAX_S = 1200.0
SAME_CHANNEL_DB = -60.0
EMPTY_CHANNEL_DB = -50.0


@dataclass(frozen=True)
class Recording:
    """A file in memory: [channels, samples], full scale ±1, at the rate for both.

    `whole_s` is how long the file lasts, which may be more than what is read.
    """

    path: Path
    audio: Samples
    sample_rate_hz: int
    whole_s: float


def common_rate_hz(dry_rate_hz: int, wet_rate_hz: int) -> int:
    """The rate for both: the lower one, halved until it is at most 48 kHz.

    Above half the lower rate the device is unknown; rates above 48 kHz add nothing audible.
    """
    rate_hz = min(dry_rate_hz, wet_rate_hz)
    while rate_hz > MAX_RATE_HZ:
        rate_hz = -(-rate_hz // 2)
    return rate_hz


def read_both(dry: Path, wet: Path) -> tuple[Recording, Recording, list[CheckResult]]:
    """Both files at their common rate, cut to 20 minutes. Raise tonecast.Error."""
    rates_hz = [_rate_hz(path) for path in (dry, wet)]
    rate_hz = common_rate_hz(*rates_hz)
    for path, found_hz in zip((dry, wet), rates_hz, strict=True):
        if found_hz < MIN_RATE_HZ:
            raise Error(
                f"{path} has a sample rate of {found_hz} Hz; record with {MIN_RATE_HZ} or more"
            )
    results = []
    changed = [
        f"{path.name} from {found_hz} Hz"
        for path, found_hz in zip((dry, wet), rates_hz, strict=True)
        if found_hz != rate_hz
    ]
    if changed:
        message = f"{' and '.join(changed)} resampled to {rate_hz} Hz"
        results.append(
            CheckResult("corrected", "sample rate", f"{message}, the effect's own rate.")
        )
    else:
        results.append(CheckResult("passed", "sample rate", f"Both files have {rate_hz} Hz."))
    recordings = _read(dry, rate_hz), _read(wet, rate_hz)
    return *recordings, [*results, *_describe_cut(recordings)]


def one_channel(dry: Recording, wet: Recording) -> tuple[Samples, Samples, list[CheckResult]]:
    """The channel of each file that holds the sound: [samples each].

    Channels are never mixed: a nonlinear device's output for a sum is not the sum of its outputs.
    Raise tonecast.Error where one file has several different channels and the other does not.
    """
    kept = [_filled(recording.audio) for recording in (dry, wet)]
    counts = [len(channels) for channels in kept]
    if counts[0] != counts[1]:
        raise Error(
            f"{dry.path} has {_channels(counts[0])} and {wet.path} {_channels(counts[1])}; "
            f"export both as mono"
        )
    results = []
    if counts[0] > 1:
        message = (
            f"Of {counts[0]} different channels the first is used; the effect plays each alone."
        )
        results.append(CheckResult("warning", "channels", message))
    return kept[0][0], kept[1][0], results


def _filled(audio: Samples) -> list[Samples]:
    """Channels [samples each] that are neither empty nor copies of an earlier one."""
    power = np.square(audio, dtype=np.float64).sum(axis=1)
    kept: list[Samples] = []
    for channel, own in zip(audio, power, strict=True):
        copies = (
            np.square(channel - other, dtype=np.float64).sum() <= 10 ** (SAME_CHANNEL_DB / 10) * own
            for other in kept
        )
        if own > 10 ** (EMPTY_CHANNEL_DB / 10) * power.max() and not any(copies):
            kept.append(channel)
    return kept or [audio[0]]


def _rate_hz(path: Path) -> int:
    with open_audio(path) as file:
        return round(file.samplerate)


def _read(path: Path, rate_hz: int) -> Recording:
    try:
        with open_audio(path) as file, file.resampled_to(rate_hz) as resampled:
            whole_s = file.frames / file.samplerate
            audio = resampled.read(round(MAX_S * rate_hz))
    except Error:
        raise
    except (RuntimeError, ValueError, IndexError, MemoryError) as error:
        # Not all that is wrong with a file shows when it is opened.
        raise Error(f"{path} is damaged ({error}); export it again") from None
    if not np.isfinite(audio).all():
        raise Error(f"{path} holds NaN or infinite samples; export it again")
    return Recording(path, audio, rate_hz, whole_s)


def _describe_cut(recordings: Sequence[Recording]) -> list[CheckResult]:
    """A warning for files of which only the beginning is used."""
    cut = [
        f"{recording.path.name}, which lasts {recording.whole_s / 60:.1f} minutes"
        for recording in recordings
        if recording.whole_s > MAX_S + 1
    ]
    if not cut:
        return []
    message = (
        f"Only the first {MAX_S / 60:.0f} minutes are used of {' and of '.join(cut)}. That is "
        f"enough to learn from; if what matters comes later, cut both files at the same place."
    )
    return [CheckResult("warning", "length", message)]


def _channels(count: int) -> str:
    return "one channel" if count == 1 else f"{count} different channels"
