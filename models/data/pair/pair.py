"""A checked pair: all checks in order."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ....plugin_core.errors import Error
from ....plugin_core.samples import Samples
from . import alignment, device_type, levels, recording
from .check_result import CheckResult
from .coherence import check_coherence, not_together
from .device_type import DeviceType


@dataclass(frozen=True)
class Pair:
    """Dry and wet sound [samples each], full scale ±1, aligned, and the checks' results."""

    dry: Samples
    wet: Samples
    sample_rate_hz: int
    device_type: DeviceType
    check_results: Sequence[CheckResult]
    credit: str


def read_pair(dry_path: Path, wet_path: Path) -> Pair:
    """Read, check and align two recordings.

    Raise tonecast.Error for files that cannot be read or cannot be a pair: silence, too little
    sound, channels that differ in number, another performance, clocks too far apart.
    """
    dry_file, wet_file, rates = recording.read_both(dry_path, wet_path)
    dry, wet, channels = recording.one_channel(dry_file, wet_file)
    rate_hz = dry_file.sample_rate_hz
    for path, audio in ((dry_path, dry), (wet_path, wet)):
        levels.check_silence(path, audio)
    levels.check_length(dry[: len(wet)], rate_hz)
    clipping = [levels.check_clipping(dry_path, dry), levels.check_clipping(wet_path, wet)]
    lengths = levels.compare_lengths((dry_path, wet_path), (dry, wet), rate_hz)

    timing = alignment.measure_timing(dry, wet, rate_hz)
    if timing is None:
        raise Error(not_together(dry_path, wet_path, "no delay aligns them"))
    timed = alignment.describe(timing, len(dry), rate_hz, wet_path)
    dry, wet = alignment.aligned(dry, wet, timing)
    first, last = levels.audible_span(dry)
    dry, wet = dry[first:last], wet[first:last]

    sounding = levels.check_length(dry, rate_hz)
    coherence = check_coherence(dry, wet, rate_hz, (dry_path, wet_path))
    device = device_type.find_device_type(dry, wet, rate_hz)
    check_results = (
        *rates,
        *channels,
        *lengths,
        sounding,
        *clipping,
        *timed,
        coherence,
        device_type.describe(device),
    )
    credit = f"{_named(dry_path)} and {_named(wet_path)}"
    return Pair(dry, wet, rate_hz, device, check_results, credit)


def _named(path: Path) -> str:
    """Name and hash, so that training data can be identified later, whatever the file's name."""
    return f"{path.name} (SHA-256 {hashlib.sha256(path.read_bytes()).hexdigest()[:16]})"
