"""`tonecast effects`: the installed effects, and the user's own among them."""

from __future__ import annotations

from pathlib import Path

import click

from ..effect_files.catalog import read_catalog, user_folder
from ..effect_files.own_effects import add, remove
from .messages import say
from .options import rates_text
from .tables import print_table
from .words import complete_own_effect


@click.group(invoke_without_command=True)
@click.pass_context
def effects(context: click.Context) -> None:
    """List the effects that are installed, add some of your own, remove them again."""
    if context.invoked_subcommand is None:
        _print_list()


@effects.command("list")
def list_command() -> None:
    """List the effects that are installed, and where each comes from."""
    _print_list()


@effects.command("add")
@click.argument(
    "sources",
    nargs=-1,
    required=True,
    metavar="FILE|FOLDER|PACK...",
    type=click.Path(path_type=Path, exists=True),
)
@click.option("--replace", is_flag=True, help="Take the place of effects that have the same name.")
def add_command(sources: tuple[Path, ...], replace: bool) -> None:
    """Add effect files of others, or of your own, to your folder.

    A FILE is an effect (.onnx) or a capture (.nam), a PACK a zip file of such, with their cards and
    licences. Each is first played by another process and compared with its record; if one fails,
    none is added. Updates of tonecast leave your folder as it is, and the plugin offers what is
    in it.
    """
    added, present = add(sources, replace)
    for addition in present:
        print(f"{addition.name} for {addition.rate_hz} Hz is there already")
    for addition in added:
        origin = addition.entry.contract.provenance
        licences = ", ".join(origin.licences) or "none is told"
        print(f"added {addition.name} for {addition.rate_hz} Hz; licence: {licences}")
        for text in addition.text_targets:
            print(f"  with {text}")


@effects.command("remove")
@click.argument(
    "names", nargs=-1, required=True, metavar="NAME...", shell_complete=complete_own_effect
)
def remove_command(names: tuple[str, ...]) -> None:
    """Remove effects from your folder."""
    for name in names:
        for path in remove(name):
            print(f"removed {path}")


def _print_list() -> None:
    catalog = read_catalog()
    print_table(
        ("Effect", "What it does", "Made for", "Controls", "From"),
        [
            (
                entry.name,
                entry.contract.description,
                rates_text(entry),
                ", ".join(control.name for control in entry.controls),
                entry.source,
            )
            for entry in catalog.entries.values()
            if entry.contract.kind == "effect"
        ],
    )
    # On stderr: what is piped on is the table.
    click.echo(f"Effect files of your own go into {user_folder()}", err=True)
    for entry in catalog.hidden:
        winner = catalog.entries[entry.name].source
        click.echo(f"{entry.name} from {entry.source} is hidden by the one from {winner}", err=True)
    for problem in catalog.problems:
        say(problem)
