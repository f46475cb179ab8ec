"""Checks of the sound itself: silence, length, clipping."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ....plugin_core.errors import Error
from ....plugin_core.samples import Samples
from .check_result import CheckResult

SILENT_PEAK_DB = -60.0
QUIET_DB = -60.0  # below the peak: not counted as sound
BLOCK_S = 0.05
MIN_S = 3.0
ENOUGH_S = 60.0
FULL_SCALE = 0.999
FLAT_SAMPLES = 3  # in a row at full scale: an unclipped peak has one or two
FEW_CLIPPED = 1e-4  # of all samples


def check_silence(path: Path, audio: Samples) -> None:
    """Raise tonecast.Error for silence: no sample of `audio` [samples] above −60 dBFS."""
    peak = float(np.abs(audio).max(initial=0))
    if peak < 10 ** (SILENT_PEAK_DB / 20):
        raise Error(f"{path} holds nothing but silence; check the cables and record it again")


def clipped_samples(audio: Samples) -> int:
    """How many samples of `audio` [samples] are in runs of three and more at full scale."""
    if float(np.abs(audio).max(initial=0)) > 1.001:  # floating point: 1 is no limit
        return 0
    count = 0
    for full in (audio >= FULL_SCALE, audio <= -FULL_SCALE):
        edges = np.flatnonzero(np.diff(np.concatenate([[0], full.astype(np.int8), [0]])))
        runs = edges[1::2] - edges[::2]
        count += int(runs[runs >= FLAT_SAMPLES].sum())
    return count


def check_clipping(path: Path, audio: Samples) -> CheckResult:
    """Count clipped samples of `audio` [samples]: the model would learn converter clipping too."""
    count = clipped_samples(audio)
    if not count:
        return CheckResult("passed", "clipping", f"{path.name} does not clip.")
    share = count / len(audio)
    advice = (
        "they are too few to matter"
        if share < FEW_CLIPPED
        else "they are learned as the device's own; record it again with less level"
    )
    message = f"{path.name} clips: {count} samples are at full scale, {share:.2%}; {advice}."
    return CheckResult("warning", "clipping", message)


def compare_lengths(
    paths: tuple[Path, Path], sounds: tuple[Samples, Samples], sample_rate_hz: int
) -> list[CheckResult]:
    """Compare the lengths of dry and wet [samples each]; what exceeds the shorter is not used."""
    (dry_s, wet_s) = (len(audio) / sample_rate_hz for audio in sounds)
    if abs(dry_s - wet_s) < BLOCK_S:
        return [CheckResult("passed", "length", f"Both files last {dry_s:.1f} s.")]
    message = (
        f"{paths[0].name} lasts {dry_s:.1f} s and {paths[1].name} {wet_s:.1f} s; the common part "
        f"is used."
    )
    return [CheckResult("corrected", "length", message)]


def audible_span(audio: Samples) -> tuple[int, int]:
    """First sample and end (exclusive) of what is within 60 dB of the peak of `audio` [samples]."""
    loud = np.flatnonzero(np.abs(audio) > 10 ** (QUIET_DB / 20) * np.abs(audio).max())
    return int(loud[0]), int(loud[-1]) + 1


def check_length(dry: Samples, sample_rate_hz: int) -> CheckResult:
    """Raise tonecast.Error for less than 3 s of sound in `dry` [samples]; warn below a minute."""
    sounding_s = _sounding_s(dry, sample_rate_hz)
    if sounding_s < MIN_S:
        raise Error(
            f"the two recordings share {sounding_s:.1f} s of sound, too short for training and "
            f"test; play for one to three minutes, soft and loud, low and high"
        )
    if sounding_s < ENOUGH_S:
        message = (
            f"{sounding_s:.0f} s of sound are little to learn from, and the test is short. One to "
            f"three minutes, soft and loud, low and high, are better."
        )
        return CheckResult("warning", "length", message)
    return CheckResult("passed", "length", f"{sounding_s:.0f} s of sound.")


def _sounding_s(audio: Samples, sample_rate_hz: int) -> float:
    """Seconds in blocks that are within 60 dB of the loudest."""
    block = round(BLOCK_S * sample_rate_hz)
    blocks = np.abs(audio[: len(audio) // block * block]).reshape(-1, block).max(axis=1, initial=0)
    return float((blocks > 10 ** (QUIET_DB / 20) * blocks.max(initial=0)).sum() * BLOCK_S)
