"""The commands of all installed packages: each registers its own under `tonecast.commands`.

An entry point in a package's pyproject.toml is a command's name and where its `click.Command` is:

    [project.entry-points."tonecast.commands"]
    train = "tonecast.models.commands.train:train"

So the command line knows names only, and a command lives in the package that implements it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from importlib.metadata import EntryPoint, entry_points
from typing import NoReturn

import click
from click.shell_completion import CompletionItem

from ..errors import Error

GROUP = "tonecast.commands"
ENGINE = "tonecast.plugin_core._engine"
# Found without the packages' metadata: of two installed versions, the other's may be read.
ALWAYS = (EntryPoint("doctor", "tonecast.plugin_core.cli.doctor:doctor", GROUP),)
SAYS_MORE = "'tonecast doctor' says what is broken"


class InstalledCommands(click.Group):
    """A group of commands, each of which is imported when it is called.

    One that cannot be imported is listed too, and says what is missing when it is called.
    """

    def list_commands(self, context: click.Context) -> list[str]:
        """The names, sorted."""
        return sorted({entry.name for entry in (*entry_points(group=GROUP), *ALWAYS)})

    def shell_complete(self, context: click.Context, incomplete: str) -> list[CompletionItem]:
        """The names; what each does would take an import of all of them, at every key press."""
        names = (name for name in self.list_commands(context) if name.startswith(incomplete))
        options = click.Command.shell_complete(self, context, incomplete)
        return [*map(CompletionItem, names), *options]

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """The command of a name, or None. Of two of one name, tonecast's own is taken."""
        found = sorted(entry_points(group=GROUP, name=name), key=_is_foreign)
        found += [entry for entry in ALWAYS if entry.name == name]
        return _load(found[0]) if found else None


def _is_foreign(entry: EntryPoint) -> bool:
    return _package(entry) != "tonecast"


def _package(entry: EntryPoint) -> str:
    return entry.dist.name if entry.dist else "an unnamed package"


def _load(entry: EntryPoint) -> click.Command:
    try:
        command = entry.load()
    except ModuleNotFoundError as error:
        if error.name == ENGINE:
            return _unavailable(entry.name, f"{error} ({SAYS_MORE})")
        return _unavailable(entry.name, _missing_module(entry, error.name or str(error)))
    except Exception as error:  # from any package; a broken one must not disable the others
        reason = f"{_package(entry)} cannot be imported: {type(error).__name__}: {error}"
        more = "" if _is_foreign(entry) else f" ({SAYS_MORE})"
        return _unavailable(entry.name, reason + more)
    if not isinstance(command, click.Command):
        return _unavailable(entry.name, f"{entry.value} of {_package(entry)} is no click command")
    return command


def _missing_module(entry: EntryPoint, module: str) -> str:
    """Which module is missing, and how to install it, from the package's metadata."""
    requirement = re.compile(r"(?P<name>[\w.-]+).*extra == ['\"](?P<extra>[\w.-]+)['\"]")
    for line in (entry.dist.requires or []) if entry.dist else []:
        found = requirement.match(line)
        if found and _normalized(found["name"]) == _normalized(module.partition(".")[0]):
            install = f"pip install '{_package(entry)}[{found['extra']}]'"
            return f'it needs {module}; run "{install}"'
    return f"{_package(entry)} needs {module}, which is not installed"


def _normalized(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _unavailable(name: str, reason: str) -> click.Command:
    def refuse(**_: object) -> NoReturn:
        raise Error(f"'tonecast {name}' is not available: {reason}")

    callback: Callable[..., NoReturn] = refuse
    return click.Command(
        name,
        callback=callback,
        short_help=f"Not available: {reason}",
        context_settings={"ignore_unknown_options": True, "allow_extra_args": True},
        add_help_option=False,
    )
