"""The timing of a standard recording by its clicks, and what is said about it."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from .....plugin_core.samples import Samples
from ..check_result import CheckResult
from ..timing.alignment import MIN_DRIFT_SAMPLES, Timing
from .click_timing import click_delays
from .replicas import replica_drift_samples
from .standard import Standard

BY_CORRELATION = "so the delay is measured along the whole recording instead"


def timing_by_clicks(
    standard: Standard, dry: Samples, wet: Samples, sample_rate_hz: int, names: tuple[Path, Path]
) -> tuple[Timing | None, list[CheckResult]]:
    """The timing, and the result on the clicks; both sounds are [samples], of any length.

    `None` where the clicks cannot be heard, or their delays differ: the clocks drift, or there is a
    slip, and only a measurement along the whole sound tells which.
    """
    dry_name, wet_name = (path.name for path in names)
    found = click_delays(dry, wet, sample_rate_hz, standard.clicks_s)
    if found is None:
        message = f"The clicks of {dry_name} cannot be heard in {wet_name}, {BY_CORRELATION}."
        return None, [CheckResult("warning", "clicks", message)]
    first, last = found.ends()
    drift: float | None = float(np.median(last) - np.median(first)) if last else None
    count = len(found.samples)
    said = f"{count} clicks of {dry_name}" if count > 1 else f"One click of {dry_name}"
    if standard.replicas is not None and drift is None:
        delay = round(float(np.median(found.samples)))
        drift = replica_drift_samples(wet, sample_rate_hz, delay, standard.replicas)
    if found.timing is None or (drift is not None and abs(drift) >= MIN_DRIFT_SAMPLES):
        moved = "" if drift is None else f", {drift:+.1f} from beginning to end"
        message = (
            f"The delay is not the same at all {said} ({found.scatter_samples:.1f} samples "
            f"apart{moved}), {BY_CORRELATION}."
        )
        return None, [CheckResult("corrected", "clicks", message)]
    if drift is None:
        ends = "; nothing tells whether that is so at the end"
    else:
        ends = f", and beginning and end within {abs(drift):.1f}"
    message = (
        f"{said} measure the delay; they agree within {found.scatter_samples:.1f} samples{ends}."
    )
    return found.timing, [CheckResult("passed", "clicks", message)]
