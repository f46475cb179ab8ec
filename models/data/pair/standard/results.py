"""What an aligned standard recording says of the device: its parts, its levels, its repetitions."""

from __future__ import annotations

from pathlib import Path

from .....plugin_core.samples import Samples
from ..check_result import CheckResult
from .device_levels import InterfaceLevels, describe_levels, measure_levels
from .replicas import check_replicas
from .standard import Parts, Standard


def describe_standard(
    standard: Standard,
    parts: Parts | None,
    dry: Samples,
    wet: Samples,
    sample_rate_hz: int,
    begin: int,
    wet_path: Path,
    interface: InterfaceLevels | None = None,
) -> list[CheckResult]:
    """Results on an aligned pair [samples each] that begins at sample `begin` of the dry file."""
    results = []
    if parts is None:
        message = (
            f"{wet_path.name} does not hold all parts of {standard.name}; it is split as any other "
            f"recording. Better record it again from before the beginning to after the end."
        )
        results.append(CheckResult("warning", "standard recording", message))
    if standard.protocol_begin_s is not None:
        begin_s = standard.protocol_begin_s - begin / sample_rate_hz
        levels = measure_levels(dry, wet, sample_rate_hz, begin_s)
        if levels is not None:
            results += describe_levels(levels, wet_path.name, interface or InterfaceLevels())
    if standard.replicas is not None:
        (first_s, end_s), (second_s, _) = standard.replicas
        first, end, second = (round(s * sample_rate_hz) - begin for s in (first_s, end_s, second_s))
        # Silence that was cut off at either end is left out of both.
        skipped, samples = max(0, -first), min(end - first, len(wet) - second)
        if samples - skipped >= sample_rate_hz:
            played = (wet[at + skipped : at + samples] for at in (first, second))
            results.append(check_replicas(*played))
    return results
