"""`tonecast listen make`: from a study's file and recordings to what raters hear."""

from __future__ import annotations

from pathlib import Path

import click
from rich.console import Console
from rich.progress import track as progress_bar

from ....plugin_core.errors import Error
from .need_listen import need_listen

TOLERANCE_LU = 0.1


@click.command()
@click.argument("study_file", metavar="STUDY.toml", type=click.Path(path_type=Path))
@click.option(
    "--out",
    "-o",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder of the study; by default STUDY, beside the file.",
)
@click.option("--plan", "plan_only", is_flag=True, help="Say what it takes, and do nothing else.")
def make(study_file: Path, out: Path | None, plan_only: bool) -> None:
    """Render what raters hear: excerpts, equally loud, in 17 steps of the resonance equalizer.

    STUDY.toml names a folder of recordings; see docs/listening.md for all it can say. Stop with
    Ctrl-C at any time; the same command resumes.
    """
    need_listen()
    from ...listening.study.make import StudyMaker

    if study_file.suffix.lower() != ".toml":
        raise Error(f"{study_file} is no name of a study's file; end it in .toml")
    folder = out or study_file.with_suffix("")
    maker = StudyMaker(study_file, folder)
    needs = maker.estimate()
    click.echo(
        f"{folder}: {needs.tracks} tracks of {maker.config.excerpt_s:g} s in 17 steps; "
        f"{needs.missing} to be rendered, about {_size(needs.disk_bytes)} and "
        f"{_time(needs.seconds)}",
        err=True,
    )
    if plan_only:
        return
    wanted = maker.config.loudness_lufs
    tracks = progress_bar(
        maker.make(),
        "Rendering",
        total=needs.tracks,
        console=Console(stderr=True),
        disable=needs.missing == 0,
    )
    quieter = sum(one.loudness_lufs < wanted - TOLERANCE_LU for one in tracks)
    if quieter:
        click.echo(
            f"note: {quieter} tracks are below {wanted:g} LUFS, as their peaks leave no room; "
            f"lower loudness_lufs to have all equally loud",
            err=True,
        )
    print(f"tonecast listen serve {folder}")


def _size(count: int) -> str:
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{count / 1e6:.0f} MB"


def _time(seconds: float) -> str:
    if seconds >= 5400:
        return f"{seconds / 3600:.1f} h"
    return f"{seconds / 60:.0f} min" if seconds >= 90 else f"{seconds:.0f} s"
