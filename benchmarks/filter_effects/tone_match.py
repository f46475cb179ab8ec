"""The tone matcher against a plain running average, and what the shipped one does to sound.

    python -m tonecast.benchmarks.filter_effects.tone_match

It writes results/TONE_MATCH.md and tone_match.png. It trains five networks, about five minutes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import numpy as np
import torch
from rich.progress import track as progress

from ...export.cost import core_share
from ...models.tone_match.corpus import FOLDERS, MIX, Track, band_power, read_tracks
from ...models.tone_match.evaluation import TIMES_S, Outcome, cross_validate, mean_errors
from ...models.tone_match.tone_match import SAMPLE_RATE_HZ, SpectrumGuess
from ...models.tone_match.training import final_db, reference_db
from ...plugin_core import Effect
from ...plugin_core.effect_files.catalog import find_effect
from .. import machine
from ..quality.material import AUDIO, read_mono
from .tone_match_picture import draw

LAST_S = 4
PAGE = """# The tone matcher

`python -m tonecast.benchmarks.filter_effects.tone_match` writes this page. `tone-match` moves a
track's spectrum toward a reference. To do so from the first second on it has to know the spectrum
of the whole track; a small network guesses it from what has been heard so far.

## The guess

Distance from the mean spectrum of the whole track, RMS over 39 bands of an ERB each, dB. By
cross-validation: each track by a network that was trained on other sessions ({recordings}
recordings of music and phrases of guitar, {mixes} **simulated** pieces of recorded notes; the notes
are the same in all folds). Recordings last 5 to 24 s, so that what has been heard after 10 s is
most of the track, which flatters both; simulated pieces last 60 s. A track counts until four fifths
of it are over. "Wander" is by how much an estimate has changed in half a second, on the mean.

| | heard for | network, dB | plain running average, dB | network better on |
|---|---:|---:|---:|---:|
{rows}

| | wander, network, dB | of the average, dB |
|---|---:|---:|
{wanders}

![Error over time, and wander](tone_match.png)

## Sound

What the shipped effect, trained on all of these recordings, makes of {files} of them, mono,
through the engine: distance of the last {last} s' spectrum from the reference, level beside the
input's.

| strength | distance from the reference, dB | level, dB |
|---:|---:|---:|
{sounds}

Latency {latency} samples; {core:.1f} % of a core in mono at 48 kHz, inline.

Track by track after 1 s, network / average: {each}.

*{stamp}*
"""


def main() -> None:
    """Measure and write the page."""
    stamp = f"{date.today().isoformat()}, {machine.describe()}"
    torch.set_num_threads(1)
    tracks = read_tracks(AUDIO)
    outcomes = list(progress(cross_validate(tracks), "Tracks", total=len(tracks), transient=True))
    results = machine.ROOT / "benchmarks" / "results"
    draw(outcomes, results / "tone_match.png")
    recordings = [one for one in outcomes if not _simulated(one)]
    files = sorted((AUDIO / FOLDERS[0]).glob("*.flac"))
    path = find_effect("tone-match").files[SAMPLE_RATE_HZ]
    page = results / "TONE_MATCH.md"
    page.write_text(
        PAGE.format(
            recordings=len(recordings),
            mixes=len(outcomes) - len(recordings),
            rows="\n".join(_rows(outcomes)),
            wanders="\n".join(_wanders(outcomes)),
            files=len(files),
            last=LAST_S,
            sounds="\n".join(_sounds(files, tracks)),
            latency=Effect(path).latency_samples(SAMPLE_RATE_HZ),
            core=100 * core_share(path, SAMPLE_RATE_HZ),
            each=", ".join(_each(outcomes)),
            stamp=stamp,
        )
    )
    print(f"wrote {page.relative_to(machine.ROOT)}")


def _simulated(outcome: Outcome) -> bool:
    return outcome.track.name.startswith(MIX)


def _groups(outcomes: Sequence[Outcome]) -> dict[str, list[Outcome]]:
    return {
        "recordings": [one for one in outcomes if not _simulated(one)],
        "simulated pieces": [one for one in outcomes if _simulated(one)],
    }


def _rows(outcomes: Sequence[Outcome]) -> Iterator[str]:
    for name, group in _groups(outcomes).items():
        for time_s in TIMES_S:
            pairs = [pair for one in group if (pair := one.after(time_s)) is not None]
            if not pairs:
                continue
            found = mean_errors(group, time_s)
            better = sum(network < average for network, average in pairs)
            yield (
                f"| {name} | {time_s:g} s | {found.network_db:.2f} | {found.average_db:.2f} | "
                f"{better} of {len(pairs)} |"
            )


def _wanders(outcomes: Sequence[Outcome]) -> Iterator[str]:
    for name, group in _groups(outcomes).items():
        network = np.mean([one.network_wander_db for one in group])
        average = np.mean([one.average_wander_db for one in group])
        yield f"| {name} | {network:.2f} | {average:.2f} |"


def _each(outcomes: Sequence[Outcome]) -> Iterator[str]:
    for one in outcomes:
        pair = one.after(1.0)
        if pair is not None and not _simulated(one):
            yield f"{one.track.name} {pair[0]:.1f} / {pair[1]:.1f}"


def _sounds(files: Sequence[Path], tracks: Sequence[Track]) -> Iterator[str]:
    guess = SpectrumGuess()
    wanted_db = reference_db(guess, tracks)
    for strength in (0.0, 0.5, 1.0):
        distances, levels = [], []
        for file in files:
            audio = read_mono(file, SAMPLE_RATE_HZ)[None]
            played = np.asarray(Effect("tone-match", strength=strength)(audio, SAMPLE_RATE_HZ))
            last = torch.from_numpy(played[:, -LAST_S * SAMPLE_RATE_HZ :])
            found_db = final_db(guess, band_power(last)[None])[0, :, 0]
            distances.append(float((found_db - wanted_db).square().mean().sqrt()))
            levels.append(10 * np.log10(np.mean(played**2) / np.mean(audio**2)))
        yield f"| {strength:g} | {np.mean(distances):.2f} | {np.mean(levels):+.2f} |"


if __name__ == "__main__":
    main()
