"""The timing of a standard recording by its clicks, where it is the same from beginning to end."""

from __future__ import annotations

from pathlib import Path

from .....plugin_core.samples import Samples
from ..check_result import CheckResult
from ..timing.alignment import MIN_DRIFT_SAMPLES, Timing, measure_sections, timing
from ..timing.search import search
from ..timing.slips import parts_between_slips
from .click_delay import ClickDelay, click_delay
from .repetition import repetition_drift_samples
from .standard import Standard


def timing_by_clicks(
    standard: Standard, dry: Samples, wet: Samples, sample_rate_hz: int, names: tuple[Path, Path]
) -> tuple[Timing | None, list[CheckResult]]:
    """The timing, and the result on the clicks; both sounds are [samples], of any length.

    `None` where the clicks cannot be heard, or their delays differ: the clocks drift, or there is a
    slip, and only a measurement along the whole sound tells which.
    """
    dry_name, wet_name = (path.name for path in names)
    places = search(dry, wet, sample_rate_hz)
    if not places:
        return None, []
    near = round(max(places, key=lambda place: place.votes).delay_s * sample_rate_hz)
    found = click_delay(dry, wet, sample_rate_hz, standard.clicks_s, near)
    if found is None:
        message = f"The clicks of {dry_name} cannot be heard in {wet_name}"
    elif not _is_constant(found, standard, dry, wet, sample_rate_hz):
        message = f"The delay of {wet_name} changes after the first click of {dry_name}"
    else:
        message = (
            f"The delay is measured by {found.count} of the clicks of {dry_name}; they agree "
            f"within {found.scatter_samples:.1f} samples."
        )
        delay = float(found.samples)
        return Timing(delay, delay, found.polarity), [CheckResult("passed", "clicks", message)]
    message += "; it is measured along the whole recording instead."
    return None, [CheckResult("warning", "clicks", message)]


def _is_constant(
    found: ClickDelay, standard: Standard, dry: Samples, wet: Samples, sample_rate_hz: int
) -> bool:
    """Whether the delay is the same at the end.

    Clicks there tell it, or what is played twice; sections of the whole sound mislead where a
    device delays bass more than treble, and are asked last.
    """
    if found.scatter_samples >= MIN_DRIFT_SAMPLES:
        return False
    if found.span_s > len(dry) / sample_rate_hz / 2:
        return True
    if standard.repeats:
        drift = repetition_drift_samples(standard, wet, sample_rate_hz, found.samples)
        if drift is not None:
            return abs(drift) < MIN_DRIFT_SAMPLES
    sections = measure_sections(dry, wet, sample_rate_hz)
    if len(parts_between_slips(sections, sample_rate_hz)) > 1:
        return False
    along = timing(sections, len(dry), sample_rate_hz)
    return along is None or not along.drift_samples
