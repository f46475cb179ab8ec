"""The `tonecast` command."""

from __future__ import annotations

import io
import re
import signal
import sys
import warnings
from types import FrameType
from typing import NoReturn

import click

from ..errors import Error
from .installed_commands import InstalledCommands

INTERRUPTED = 130  # 128 + SIGINT, as shells have it
# Ending by one of these, a command still removes its drafts; SIGHUP is a terminal that was closed.
ENDING = (signal.SIGTERM, signal.SIGHUP) if hasattr(signal, "SIGHUP") else (signal.SIGTERM,)
EMPTY = re.compile(r"(--[\w-]+=)?")


@click.group(
    cls=InstalledCommands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    invoke_without_command=True,
)
@click.version_option(package_name="tonecast", message="tonecast %(version)s")
@click.pass_context
def tonecast(context: click.Context) -> None:
    """Play neural audio effects: one ONNX file is one effect."""
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


def main() -> NoReturn:
    """Run the command line. Errors are one line on stderr and exit code 2."""
    _handle_signals()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # file names may not be valid text
            stream.reconfigure(errors="backslashreplace")
    try:
        with warnings.catch_warnings():
            warnings.showwarning = _show_warning
            _check_arguments(sys.argv[1:])
            sys.exit(tonecast.main(prog_name="tonecast", standalone_mode=False))
    except click.ClickException as error:
        click.echo(f"tonecast: {error.format_message()}", err=True)
        sys.exit(2)
    except Error as error:
        click.echo(f"tonecast: {error}", err=True)
        sys.exit(2)
    except (click.Abort, KeyboardInterrupt):
        click.echo("tonecast: stopped", err=True)
        sys.exit(INTERRUPTED)


def _show_warning(message: Warning | str, *where: object, **more: object) -> None:
    click.echo(f"tonecast: {message}", err=True)


def _check_arguments(arguments: list[str]) -> None:
    """Raise tonecast.Error for an empty one: as a path, it would be the current folder."""
    for place, argument in enumerate(arguments):
        if EMPTY.fullmatch(argument):
            what = f"after {arguments[place - 1]}" if place else "at the beginning"
            what = f"of {argument[:-1]}" if argument else what
            raise Error(f"the argument {what} is empty; is a variable not set?")


def _handle_signals() -> None:
    """Let the first signal end the command; later ones would only disturb its cleaning up."""
    for number in (signal.SIGINT, *ENDING):
        if signal.getsignal(number) != signal.SIG_IGN:  # nohup, and jobs of a shell's background
            signal.signal(number, _end)


def _end(number: int, frame: FrameType | None) -> None:
    for other in (signal.SIGINT, *ENDING):
        if signal.getsignal(other) == _end:
            signal.signal(other, _disregard)  # SIG_IGN would be complained of if one is on its way
    if number == signal.SIGINT:
        raise KeyboardInterrupt
    sys.exit(128 + number)


def _disregard(number: int, frame: FrameType | None) -> None:
    pass
