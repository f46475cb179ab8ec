"""The shipped predictor on both forms of the resonance equalizer, on tracks never heard.

    python -m tonecast.benchmarks.predictors.both_forms [--work FOLDER]

Writes results/PREDICTOR_FORMS.md. Every track is drawn by a seed of its own: half are excerpts of
the recordings that the study held out, half are made-up mixes of seeds that it did not use. A run
that was stopped resumes from the work folder.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import click
import numpy as np
from rich.progress import track as progress

from ...models.listening import recordings as material
from ...models.listening.experiment import listen_to_all
from ...models.listening.recordings import Recording
from ...models.listening.resonances import PRESETS
from ...models.listening.tracks import Plan, Track, plan_tracks
from ...models.predictors.training.study import CONFIGS, default_audio
from ...models.predictors.training.tables import is_made_up
from ...models.release.resonance_eq import ARTIFACTS
from .. import machine
from .sound import Outcome, follow
from .tables import sound_table

FORMS = ("resonance-eq", "resonance-eq-live")
PREDICTOR = {"shipped": ARTIFACTS / "attenuation-live.onnx"}
TRACKS, CLEAN_SHARE = 160, 0.25
FIRST_SEED = 10_000  # of made-up mixes: the study's are below 1000
MEAN_RATING = 0.249  # of the study, in PREDICTOR_EVAL.md
PAGE = machine.ROOT / "benchmarks" / "results" / "PREDICTOR_FORMS.md"
HEAD = """# The predictor and both forms of the equalizer

Written by `python -m tonecast.benchmarks.predictors.both_forms`. The shipped predictor learned from
**simulated** ratings of `resonance-eq`, the form in frames. Here it moves the attenuation of both
forms, on {tracks} tracks that it has not heard: {recorded} excerpts of the {held_out} recordings
that its study held out, the others made up, each drawn by a seed of its own. Distances are those of
the study's simulated listener to the clean version. ± is the standard error of the mean, over
tracks, of a track's difference.
"""


def draw_tracks(recordings: list[Recording]) -> list[Track]:
    """Half of the tracks from recordings, in turn, and half made up; a quarter of each clean."""
    tracks = []
    for i in range(TRACKS):
        rng = np.random.default_rng([FIRST_SEED, i])
        made_up = Recording(f"synthetic-{FIRST_SEED + i}", "own", seed=FIRST_SEED + i)
        source = made_up if i % 2 else recordings[i // 2 % len(recordings)]
        is_clean = i // 2 % round(1 / CLEAN_SHARE) == 0
        count = 0 if is_clean else int(rng.integers(1, 3))
        presets = tuple(rng.choice(list(PRESETS), count, replace=False).tolist())
        seed = int(rng.integers(2**31))
        tracks.append(
            Track(f"unheard-{i:03d}", "unheard", source.name, source.licence, seed, presets)
        )
    return tracks


def held_out(audio: Path) -> list[Recording]:
    """The recordings that the study of the shipped predictor did not train on."""
    config = CONFIGS["full"]
    found = material.find(audio, config.made_up, config.plan.notes)
    apart = {one.recording for one in plan_tracks(found, Plan()) if one.part == "held-out"}
    return [one for one in found if one.files and one.name in apart]


def better_by(outcomes: list[Outcome], step: int) -> str:
    """By how much the distance with the predictor is below that at a fixed factor, in dB."""
    gained_db = [one.fixed_db[step] - one.followed[0].distance_db for one in outcomes]
    error_db = np.std(gained_db, ddof=1) / np.sqrt(len(gained_db))
    return f"{np.mean(gained_db):+.3f} ± {error_db:.3f}"


def report(form: str, outcomes: list[Outcome]) -> Iterator[str]:
    """A form's section."""
    yield f"\n## `{form}`\n"
    yield from sound_table(outcomes, MEAN_RATING, "simulated")
    resonant = [one for one in outcomes if one.track.presets]
    step = int(np.mean([one.fixed_db for one in resonant], axis=0).argmin())
    recorded = [one for one in resonant if not is_made_up(one.track.recording)]
    made_up = [one for one in resonant if is_made_up(one.track.recording)]
    yield (
        f"Auto is nearer to the clean version than the best single factor by "
        f"{better_by(resonant, step)} dB on all, {better_by(recorded, step)} dB on recordings and "
        f"{better_by(made_up, step)} dB on made-up mixes."
    )


@click.command()
@click.option("--work", type=click.Path(path_type=Path), help="What is kept between runs.")
def main(work: Path | None) -> None:
    """Play, listen and write the page."""
    audio = default_audio()
    if audio is None:
        raise click.ClickException("the recordings of ../shared/audio are not there")
    work = work or machine.ROOT / "build" / "predictor_forms"
    recordings = held_out(audio)
    tracks = draw_tracks(recordings)
    by_name = {one.name: one for one in recordings}
    by_name |= {
        one.recording: Recording(one.recording, "own", seed=int(one.recording.split("-")[1]))
        for one in tracks
        if one.recording not in by_name
    }
    lines = [HEAD.format(tracks=len(tracks), recorded=TRACKS // 2, held_out=len(recordings))]
    for form in FORMS:
        listened = listen_to_all(tracks, list(by_name.values()), work / form, form=form)
        heard = {
            track.name: hearings
            for track, hearings in progress(listened, f"Listening to {form}", len(tracks))
        }
        played = follow(PREDICTOR, tracks, by_name, heard, seconds=6.0, form=form)
        lines += report(form, list(progress(played, f"Following in {form}", len(tracks))))
    PAGE.write_text("\n".join([*lines, f"\n*{date.today().isoformat()}, {machine.describe()}*\n"]))
    click.echo(f"wrote {PAGE}")


if __name__ == "__main__":
    main()
