"""What an aligned standard recording says of the device: its parts, its levels, its repetitions."""

from __future__ import annotations

from pathlib import Path

from .....plugin_core.samples import Samples
from ..check_result import CheckResult
from .device_levels import describe_levels, measure_levels
from .repetition import check_repetition
from .standard import Parts, Standard, parts_of


def describe_standard(
    standard: Standard, dry: Samples, wet: Samples, sample_rate_hz: int, begin: int, wet_path: Path
) -> tuple[Parts | None, list[CheckResult]]:
    """Parts of an aligned pair [samples each] that begins at sample `begin` of the dry file."""
    results = []
    if standard.protocol_begin_s is not None:
        begin_s = standard.protocol_begin_s - begin / sample_rate_hz
        levels = measure_levels(dry, wet, sample_rate_hz, begin_s)
        if levels is not None:
            results += describe_levels(levels, wet_path.name)
    parts = parts_of(standard, begin, len(dry), sample_rate_hz)
    if parts is None:
        message = (
            f"{wet_path.name} does not hold all parts of {standard.name}; it is split as any other "
            f"recording. Better record this very file again, from before its beginning to after "
            f"its end."
        )
        results.append(CheckResult("warning", "standard recording", message))
    elif standard.repeats:
        # The second begins as much later; at its end the recording may have been cut.
        later = round((standard.test[0] - standard.validation[0]) * sample_rate_hz)
        first, end = parts.validation[0], min(parts.validation[1], len(wet) - later)
        results.append(check_repetition(wet[first:end], wet[first + later : end + later]))
    return parts, results
