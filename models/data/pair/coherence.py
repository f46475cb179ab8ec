"""Whether the two recordings belong together: one is the other, processed."""

from __future__ import annotations

from pathlib import Path

from scipy import signal

from ....plugin_core.errors import Error
from ....plugin_core.samples import Samples
from .check_result import CheckResult

FRAME_SAMPLES = 2048
# Recordings of different music reach 0.02, a fuzz pedal with a gain of 60 dB 0.4.
UNRELATED = 0.1
DOUBTFUL = 0.4


def coherence(dry: Samples, wet: Samples, sample_rate_hz: int) -> float:
    """Share of the wet power that a linear filter of the dry sound can explain, 0 … 1.

    Magnitude-squared coherence (Carter, Knapp and Nuttall 1973), weighted by the wet spectrum. Both
    sounds are [samples], aligned.
    """
    size = min(FRAME_SAMPLES, len(dry) // 8)
    _, shared = signal.coherence(dry, wet, sample_rate_hz, nperseg=size)
    _, power = signal.welch(wet, sample_rate_hz, nperseg=size)
    return float((shared * power).sum() / power.sum())


def check_coherence(
    dry: Samples, wet: Samples, sample_rate_hz: int, names: tuple[Path, Path]
) -> CheckResult:
    """The result for two aligned sounds [samples each]. Raise tonecast.Error if unrelated."""
    found = coherence(dry, wet, sample_rate_hz)
    if found < UNRELATED:
        raise Error(not_together(*names, f"their coherence is {found:.2f}"))
    message = f"A linear filter can explain {found:.0%} of the wet sound (coherence)."
    if found < DOUBTFUL:
        advice = "Expect little: this architecture cannot learn a reverb, an echo or noise."
        return CheckResult("warning", "coherence", f"{message} {advice}")
    return CheckResult("passed", "coherence", message)


def not_together(dry: Path, wet: Path, why: str) -> str:
    """The message for two files of which one is not the other, processed."""
    return (
        f"{dry} and {wet} do not belong together: {why}; give recordings of the device's input and "
        f"of its output; if they are, give their delay with --delay-ms"
    )
