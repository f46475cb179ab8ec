"""Whether the resonance equalizer attenuates resonances and nothing else.

A peaking filter (+12 dB, Q 20) adds a resonance to a recording. The recording and its resonant
version are both processed; the measure is how much more the resonant one loses in the tenth of an
octave around the resonance, because what the clean recording loses there is no resonance.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from rich.progress import track

from . import resonance_picture
from .material import find, pink_noise, white_noise
from .resonance_findings import (
    ATTENUATIONS,
    FREQUENCIES_HZ,
    KINDS,
    USUAL,
    WIDTHS_OCTAVES,
    Findings,
    Setting,
    measure,
    measure_noise,
)


def run(out_dir: Path) -> str:
    """Return the Markdown section; writes resonance_quality.png."""
    material = find()
    findings = Findings()
    for recording in track(material, "Resonances", total=len(material), transient=True):
        measure(recording, findings)
    for name, noise in (("white", white_noise), ("pink", pink_noise)):
        findings.noises.append(measure_noise(name, noise(15, 48_000), 48_000))
    resonance_picture.draw(findings, out_dir / "resonance_quality.png")
    return "\n".join(_report(findings, material.describe()))


def _report(findings: Findings, material: str) -> Iterator[str]:
    yield "## Resonance equalizer: quality\n"
    yield material
    yield (
        "On each, a peaking filter (+12 dB, Q 20) at four frequencies, one at a time; figures in dB"
        "\nare medians, with the 10th and 90th percentile in brackets. Controls at their defaults"
        "\nbut for what is named.\n"
    )
    yield from _removed_table(findings)
    yield from _cost_table(findings)
    yield from _noise_table(findings)
    yield from _width_table(findings)
    yield "![Resonances before and after, noise, and the choice of width](resonance_quality.png)\n"


def spread(values: list[float]) -> str:
    """Median and, in brackets, the 10th and 90th percentile."""
    low, median, high = np.percentile(values, (10, 50, 90))
    return f"{median:.2f} ({low:.1f} … {high:.1f})"


def _removed_table(findings: Findings) -> Iterator[str]:
    yield (
        "**Removed** in a tenth of an octave around the resonance, beyond what the same spot of the"
        "\nclean recording loses (goal: 5 dB at attenuation 1, in proportion below). Where the"
        "\nspot lies between partials, even a resonance may not stand out of what plays beside it;"
        "\none column counts only those that do, by 3 dB. Last, what happens to the third octaves"
        "\none octave up and down, the larger of the two (goal: less than 1 dB).\n"
    )
    factors = " | ".join(f"at {a:g}" for a in ATTENUATIONS)
    yield f"| | Hz | {factors} | at 1, standing out | octave away | largest |"
    yield "|---|---|" + "---:|" * (len(ATTENUATIONS) + 3)
    for kinds in (*((kind,) for kind in KINDS), KINDS):
        for frequencies_hz in (*((f,) for f in FREQUENCIES_HZ), FREQUENCIES_HZ):
            counted = [
                r
                for r in findings.resonances
                if r.kind in kinds and r.frequency_hz in frequencies_hz
            ]
            removed = " | ".join(
                spread([r.removed_db for r in counted if r.setting == Setting(a)])
                for a in ATTENUATIONS
            )
            at_full = [r for r in counted if r.setting == Setting(1.0)]
            outstanding_db = [r.removed_db for r in at_full if r.prominence_db > 3]
            outstanding = f"{np.median(outstanding_db):.2f} ({len(outstanding_db)}/{len(at_full)})"
            away_db = [abs(r.octave_away_db) for r in at_full]
            away = f"{np.median(away_db):.2f} | {max(away_db):.2f}"
            where = "all" if len(frequencies_hz) > 1 else str(frequencies_hz[0])
            what = "both" if len(kinds) > 1 else kinds[0]
            yield f"| {what} | {where} | {removed} | {outstanding} | {away} |"
    yield ""


def _cost_table(findings: Findings) -> Iterator[str]:
    yield (
        f"**Cost** on clean recordings. Goals at {USUAL}, what engineers chose most: music"
        "\nloses less than 1.5 dB and keeps its crest factor, peak over RMS, within 1 dB.\n"
    )
    yield "| | attenuation | loss | largest loss | crest factor changes by | smallest … largest |"
    yield "|---|---:|---:|---:|---:|---:|"
    for kind in KINDS:
        for attenuation in (USUAL, *ATTENUATIONS):
            costs = findings.cost(kind, Setting(attenuation))
            losses_db = [c.loss_db for c in costs]
            crests_db = [c.crest_change_db for c in costs]
            yield (
                f"| {kind} | {attenuation:g} | {spread(losses_db)} | {max(losses_db):.2f} | "
                f"{np.median(crests_db):+.2f} | {min(crests_db):+.2f} … {max(crests_db):+.2f} |"
            )
    yield ""


def _noise_table(findings: Findings) -> Iterator[str]:
    yield (
        "**Noise** at attenuation 0.5 (goals: loses less than 0.5 dB, every third octave within"
        "\n±1 dB).\n"
    )
    yield "| | loses | lowest third octave | highest |"
    yield "|---|---:|---:|---:|"
    for noise in findings.noises:
        yield (
            f"| {noise.name} | {noise.loss_db:.2f} | {noise.thirds_db.min():+.2f} | "
            f"{noise.thirds_db.max():+.2f} |"
        )
    yield ""


def _width_table(findings: Findings) -> Iterator[str]:
    yield "**Smoothing width**, all four frequencies: finding resonances or sparing the music.\n"
    yield f"| | octaves | removed at 1 | loss at 1 | loss at {USUAL} |"
    yield "|---|---:|---:|---:|---:|"
    for kind in KINDS:
        for width in WIDTHS_OCTAVES:
            removed = spread(findings.removed_db(kind, Setting(1.0, width), *FREQUENCIES_HZ))
            losses = " | ".join(
                spread([c.loss_db for c in findings.cost(kind, Setting(a, width))])
                for a in (1.0, USUAL)
            )
            yield f"| {kind} | {width:.2g} | {removed} | {losses} |"
    yield ""
