"""`tonecast listen make`: from a study's file and recordings to what raters hear."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal

import click
from rich.console import Console
from rich.progress import track as progress_bar

from ....plugin_core.errors import Error
from .need_listen import need_listen

TOLERANCE_LU = 0.1


@click.command()
@click.argument("files", metavar="STUDY.toml | DRY WET EFFECT...", nargs=-1, required=True)
@click.option(
    "--out",
    "-o",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder of the study; by default STUDY, beside its file.",
)
@click.option("--plan", "plan_only", is_flag=True, help="Say what it takes, and do nothing else.")
@click.option("--abx", is_flag=True,
              help="A blind test: are effects told from the device that was recorded?")  # fmt: skip
@click.option("--mushra", is_flag=True,
              help="A blind test: how close do effects come to that device?")  # fmt: skip
@click.option("--excerpts", type=click.IntRange(1, 100), default=8, show_default=True,
              help="With --abx or --mushra: how many.")  # fmt: skip
@click.option("--seconds", type=click.FloatRange(3, 120), default=6.0, show_default=True,
              help="With --abx or --mushra: how long they are.")  # fmt: skip
def make(
    files: tuple[str, ...],
    out: Path | None,
    plan_only: bool,
    abx: bool,
    mushra: bool,
    excerpts: int,
    seconds: float,
) -> None:
    """Render what raters hear: excerpts, equally loud, in 17 steps of the resonance equalizer.

    STUDY.toml names a folder of recordings; see docs/listening.md for all it can say. Stop with
    Ctrl-C at any time; the same command resumes.

    With --abx, DRY and WET are recordings of a device's input and output, as for a capture, and
    each EFFECT, a name or a file, is compared with WET. With --mushra, raters score effects, WET
    and WET below 3.5 kHz from 0 to 100, without being told which is which.
    """
    need_listen()
    if abx and mushra:
        raise Error("--abx and --mushra are two tests; make two studies")
    if abx or mushra:
        test: Literal["abx", "mushra"] = "abx" if abx else "mushra"
        if len(files) < 3:
            raise Error(f"give DRY, WET and at least one EFFECT with --{test}")
        if out is None:
            raise Error("name a folder for the study with --out")
        _make_blind_test(files, out, excerpts, seconds, test)
        return
    if len(files) > 1:
        raise Error("give one STUDY.toml; or --abx or --mushra with DRY, WET and effects")
    _make_study(Path(files[0]), out, plan_only)


def _make_blind_test(
    files: tuple[str, ...],
    out: Path,
    excerpts: int,
    seconds: float,
    test: Literal["abx", "mushra"],
) -> None:
    from ...listening.blind.make import BlindTestMaker

    pair = (Path(files[0]), Path(files[1]))
    name = re.sub(r"[^a-z0-9]+", "-", out.name.lower()).strip("-") or "blind-test"
    maker = BlindTestMaker(pair, files[2:], out, name, excerpts, seconds, test)
    for one in maker.pair.check_results:
        click.echo(one.message, err=True)
    for _ in progress_bar(maker.make(), "Rendering", total=excerpts, console=Console(stderr=True)):
        pass
    print(f"tonecast listen serve {out}")


def _make_study(study_file: Path, out: Path | None, plan_only: bool) -> None:
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
