"""A checked pair: all checks in order."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ....plugin_core.errors import Error
from ....plugin_core.samples import Samples
from . import device_type, flat_tops, levels, recording
from .check_result import CheckResult
from .coherence import check_coherence, not_together
from .device_type import DeviceType
from .echo import check_echo
from .excerpt import loudest_excerpt
from .exchange import check_exchange
from .following import check_following
from .same_sound import check_same
from .standard.click_timing import timing_by_clicks
from .standard.recognition import recognise
from .standard.results import describe_standard
from .standard.standard import Parts, Standard
from .timing import alignment, slips
from .timing.by_hand import timing_by_hand


@dataclass(frozen=True)
class Pair:
    """Dry and wet sound [samples each], full scale ±1, aligned, and the checks' results.

    `parts` are those that the dry file itself brings for training, validation and test. By
    `delay_samples` the wet sound was late in its file.
    """

    dry: Samples
    wet: Samples
    sample_rate_hz: int
    device_type: DeviceType
    check_results: Sequence[CheckResult]
    credit: str
    parts: Parts | None = None
    delay_samples: int = 0


def read_pair(dry_path: Path, wet_path: Path, delay_ms: float | None = None) -> Pair:
    """Read, check and align two recordings, by their delay or the one given in milliseconds.

    A standard recording is aligned by its clicks.

    Raise tonecast.Error for files that cannot be read or cannot be a pair: silence, too little
    sound, channels that differ in number, another performance, the same sound twice, clocks too far
    apart.
    """
    names = (dry_path, wet_path)
    dry_file, wet_file, read = recording.read_both(dry_path, wet_path)
    dry, wet, channels = recording.one_channel(dry_file, wet_file)
    rate_hz = dry_file.sample_rate_hz
    del dry_file, wet_file  # other channels, and minutes of them
    for path, audio in ((dry_path, dry), (wet_path, wet)):
        levels.check_silence(path, audio)
    for audio in (dry, wet):
        levels.check_length(audio, rate_hz)
    clipping = [
        levels.check_clipping(dry_path, dry),
        levels.check_clipping(wet_path, wet),
        *flat_tops.describe_dry(dry_path, flat_tops.find_flat_tops(dry), len(dry)),
        *flat_tops.describe_wet(wet_path, flat_tops.find_flat_tops(wet), len(wet)),
    ]
    lengths = levels.compare_lengths(names, (dry, wet), rate_hz)
    standard, recognised = recognise(dry_path, dry, rate_hz)

    if delay_ms is None:
        dry, wet, begin, delay_samples, timed = _align(dry, wet, rate_hz, names, standard)
    else:
        timing, timed = timing_by_hand(dry, wet, rate_hz, delay_ms)
        dry, wet = alignment.aligned(dry, wet, timing)
        begin, delay_samples = timing.missing_samples, timing.delay_samples
    levels.check_silence(dry_path, dry)
    levels.check_silence(wet_path, wet)
    first, last = levels.audible_span(dry)
    dry, wet, begin = dry[first:last], wet[first:last], begin + first

    sounding = levels.check_length(dry, rate_hz)
    part = loudest_excerpt(dry, wet, rate_hz)
    coherence = check_coherence(*part, rate_hz, names)
    same = check_same(*part, names)
    device = device_type.find_device_type(*part, rate_hz)
    parts: Parts | None = None
    played: list[CheckResult] = []
    if standard is not None:
        parts, played = describe_standard(standard, dry, wet, rate_hz, begin, wet_path)
    check_results = (
        *read,
        *channels,
        *lengths,
        *recognised,
        sounding,
        *clipping,
        *timed,
        *played,
        coherence,
        *same,
        device_type.describe(device),
        *check_exchange(*part, device, names),
        *check_following(dry, wet, rate_hz, begin / rate_hz, names),
        *check_echo(*part, rate_hz),
    )
    by_hand = "" if delay_ms is None else f", the delay {delay_ms:g} ms"
    credit = f"{_named(dry_path)} and {_named(wet_path)}{by_hand}"
    return Pair(dry, wet, rate_hz, device, check_results, credit, parts, delay_samples)


def _align(
    dry: Samples, wet: Samples, rate_hz: int, names: tuple[Path, Path], standard: Standard | None
) -> tuple[Samples, Samples, int, int, list[CheckResult]]:
    """Both sounds [samples each] aligned, samples of the dry one cut before them, and the delay.

    The delay is measured, by the clicks of a standard recording where they agree; of a pair with
    slips the longest part is left.
    """
    results: list[CheckResult] = []
    if standard is not None:
        timing, results = timing_by_clicks(standard, dry, wet, rate_hz, names)
        if timing is not None:
            results += alignment.describe(timing, len(dry), rate_hz, names[1])
            cut = timing.missing_samples
            return *alignment.aligned(dry, wet, timing), cut, timing.delay_samples, results
    sections = alignment.measure_sections(dry, wet, rate_hz)
    parts, found_slips = slips.find_slips(dry, wet, rate_hz, sections)
    removed, begin = 0, 0
    if found_slips:
        results += [slips.describe(parts, found_slips, rate_hz, (names[0].name, names[1].name))]
        begin = slips.longest(parts).begin
        dry, wet, sections, removed = slips.longest_part(dry, wet, rate_hz, parts)
    timing = alignment.measure_timing(dry, wet, rate_hz, sections)
    if timing is None:
        raise Error(not_together(*names, "no delay aligns them"))
    whole = replace(
        timing,
        start_samples=timing.start_samples + removed,
        end_samples=timing.end_samples + removed,
    )
    results += alignment.describe(whole, len(dry), rate_hz, names[1])
    begin += timing.missing_samples
    return *alignment.aligned(dry, wet, timing), begin, whole.delay_samples, results


def _named(path: Path) -> str:
    """Name and hash, so that training data can be identified later, whatever the file's name."""
    return f"{path.name} (SHA-256 {hashlib.sha256(path.read_bytes()).hexdigest()[:16]})"
