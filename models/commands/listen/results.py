"""`tonecast listen report` and `tonecast listen export`: what raters have chosen."""

from __future__ import annotations

from pathlib import Path

import click

from ....plugin_core.atomic_write import atomic_write, check_new
from ....plugin_core.errors import Error
from .need_listen import need_listen

study_argument = click.argument(
    "study", metavar="STUDY", type=click.Path(path_type=Path, file_okay=False)
)
kind_option = click.option(
    "--kind",
    type=click.Choice(["human", "simulated"]),
    default="human",
    show_default=True,
    help="Whose answers; simulated are those of a program that says so.",
)
without_option = click.option(
    "--without", multiple=True, metavar="CODE", help="Leave a rater out; more than once for more."
)


@click.command()
@study_argument
@kind_option
@without_option
def report(study: Path, kind: str, without: tuple[str, ...]) -> None:
    """Write STUDY/report.md: choices, agreement of raters, and who should be left out.

    Of an ABX test: who hears which difference, and how surely; of a MUSHRA-like one: how good
    each sound was found. The study may still be running.
    """
    need_listen()
    from ...listening.results.held import read_held
    from ...listening.results.report import write_report

    held = read_held(study, kind, without)
    if held.study.config.test == "abx":
        from ...listening.blind.report import write_blind_report

        print(write_blind_report(held, study))
    elif held.study.config.test == "mushra":
        from ...listening.mushra.report import write_mushra_report

        print(write_mushra_report(held, study))
    else:
        print(write_report(held, study))


@click.command()
@study_argument
@click.option("--out", "-o", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE.csv",
              help="By default STUDY/ratings.csv.")  # fmt: skip
@kind_option
@without_option
@click.option("--overwrite", is_flag=True, help="Replace a file that exists.")
def export(
    study: Path, out: Path | None, kind: str, without: tuple[str, ...], overwrite: bool
) -> None:
    """Write the ratings table, which the training and evaluation of predictors read."""
    need_listen()
    from ...listening.ratings import MIN_RATINGS, write_ratings
    from ...listening.results.held import ratings, read_held, too_few

    path = out or study / "ratings.csv"
    held = read_held(study, kind, without)
    if held.study.config.test != "attenuation":
        raise Error(f"{study} is a blind test and has no ratings; see tonecast listen report")
    check_new(path, overwrite)
    rated = ratings(held)
    try:
        with atomic_write(path, overwrite) as draft:
            write_ratings(rated, draft)
    except OSError as error:
        raise Error(f"{path}: cannot be written: {error.strerror}") from None
    if few := too_few(rated):
        click.echo(
            f"note: {len(few)} tracks, {few[0]} among them, have fewer than {MIN_RATINGS} ratings; "
            f"the evaluation needs as many",
            err=True,
        )
    print(path)
