"""The `tonecast` command."""

from __future__ import annotations

import io
import signal
import sys
import warnings
from types import FrameType
from typing import NoReturn

import click

from ..errors import Error
from .installed_commands import InstalledCommands

INTERRUPTED = 130  # 128 + SIGINT, as shells have it
TERMINATED = 143


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
    signal.signal(signal.SIGTERM, _terminate)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # file names may not be valid text
            stream.reconfigure(errors="backslashreplace")
    try:
        with warnings.catch_warnings():
            warnings.showwarning = _show_warning
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


def _terminate(signal_number: int, frame: FrameType | None) -> None:
    sys.exit(TERMINATED)
