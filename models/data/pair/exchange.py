"""Whether dry and wet look exchanged.

A curve that flattens peaks can be learned, the way back cannot: what was flattened is lost. So the
baseline, a linear filter and a curve after it, fits the right direction better. Measured with
twenty devices and five performances: with overdrives, distortion and limiters by 2 to 10 dB, and
never by more than 1 dB the wrong way. A linear device is the same in both directions.
"""

from __future__ import annotations

from pathlib import Path

from ....plugin_core.samples import Samples
from .baselines import esr_db, fit_curve, fit_filter
from .check_result import CheckResult
from .device_type import DeviceType

BETTER_DB = 2.0


def check_exchange(
    dry: Samples, wet: Samples, device: DeviceType, names: tuple[Path, Path]
) -> list[CheckResult]:
    """A warning where the way back fits better; both sounds are [samples], aligned."""
    if device.is_linear:
        return []
    back = fit_filter(wet, dry)(wet)
    filter_esr_db = esr_db(back, dry)
    curve_esr_db = esr_db(fit_curve(back, dry)(back), dry)
    by_curve_db = (filter_esr_db - curve_esr_db) - (device.filter_esr_db - device.curve_esr_db)
    if min(by_curve_db, device.curve_esr_db - curve_esr_db) < BETTER_DB:
        return []
    dry_name, wet_name = (path.name for path in names)
    message = (
        f"dry and wet look exchanged: {dry_name} is the more distorted of the two, and follows "
        f"from {wet_name} with an ESR of {curve_esr_db:.1f} dB, the other way round with "
        f"{device.curve_esr_db:.1f} dB. If so, give --dry {wet_name} --wet {dry_name}."
    )
    return [CheckResult("warning", "exchange", message)]
