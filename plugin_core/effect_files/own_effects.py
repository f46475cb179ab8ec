"""Effects into the user's own folder, and out of it again: `tonecast effects add` and `remove`.

What is added is looked at first, all of it: opened and played by another process, then compared
with its record. What is in the folder outlives every update of the package, and the plugin offers
it.
"""

from __future__ import annotations

import filecmp
import shutil
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

from .. import _engine
from ..atomic_write import atomic_write
from ..errors import Error
from .addition import Addition, additions_in, folder_or_file, texts_of
from .catalog import USER, EffectEntry, read_catalog, user_folder
from .parity import verify


def add(sources: Sequence[Path], replace: bool) -> tuple[list[Addition], list[Addition]]:
    """Add effect files, folders of them, or packs, which are zip files of such: all or none.

    What was added, and what was not, for the same file is installed already.

    Raise tonecast.Error for a file that is broken or does not play as recorded, and for a name that
    another effect has, unless it is to be replaced.
    """
    with ExitStack() as unpacked:
        additions = [
            addition
            for source in sources
            for addition in additions_in(unpacked.enter_context(folder_or_file(source)), source)
        ]
        _check_each_once(additions)
        for addition in additions:
            _check_plays(addition.source)
        known = read_catalog().entries
        present = [addition for addition in additions if _is_installed(addition, known)]
        new = [addition for addition in additions if addition not in present]
        if not replace:
            _check_names(new, known)
        _write(new)
    return new, present


def remove(name: str) -> list[Path]:
    """Take an effect out of the user's folder; the files that went. Raise tonecast.Error."""
    files = _own_files(name)
    if not files:
        entry = read_catalog().entries.get(name)
        if entry is None:
            raise Error(f"no effect named {name!r} is installed; 'tonecast effects' lists them")
        raise Error(f"{name} is not in your folder, it is of {entry.source}, and stays")
    gone = [path for file in files for path in (*texts_of(file), file)]
    for path in gone:
        try:
            path.unlink()
        except OSError as error:
            raise Error(f"{path} cannot be removed: {error.strerror}") from None
    return gone


def _own_files(name: str) -> list[Path]:
    catalog = read_catalog()
    entries = (*catalog.entries.values(), *catalog.hidden)
    own = [one for one in entries if one.name == name and one.source == USER]
    return [path for entry in own for path in entry.files.values()]


def _check_each_once(additions: list[Addition]) -> None:
    seen: dict[tuple[str, int], Addition] = {}
    for addition in additions:
        other = seen.setdefault((addition.name, addition.rate_hz), addition)
        if other is not addition:
            raise Error(
                f"{other.source.name} and {addition.source.name} are both called {addition.name}; "
                f"add one of them"
            )


def _check_plays(file: Path) -> None:
    """Raise tonecast.Error where it does not play as it did for whoever has made it."""
    if _engine.is_capture(file):
        return  # it has no record
    report = verify(file)
    if not report.passed:
        raise Error(f"{file}: {' '.join(report.differences)}")


def _is_installed(addition: Addition, known: Mapping[str, EffectEntry]) -> bool:
    there = known.get(addition.name)
    file = there.files.get(addition.rate_hz) if there else None
    return file is not None and filecmp.cmp(file, addition.source, shallow=False)


def _check_names(additions: list[Addition], known: Mapping[str, EffectEntry]) -> None:
    """Raise tonecast.Error where another effect has the name."""
    for addition in additions:
        there = known.get(addition.name)
        if there is None:
            continue
        taken = f"an effect named {addition.name} is there already, of {there.source}"
        if there.source == USER:
            raise Error(f"{addition.source}: {taken}; put this one in its place with --replace")
        raise Error(f"{addition.source}: {taken}; hide it behind this one with --replace")


def _write(additions: list[Addition]) -> None:
    """Copy all, then let all take their places, then remove what they replace."""
    folder = user_folder()
    own = {addition.name: _own_files(addition.name) for addition in additions}
    written: set[Path] = set()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with ExitStack() as drafts:
            for addition in additions:
                copies = {addition.target: addition.source, **addition.text_targets}
                for target, source in copies.items():
                    shutil.copyfile(source, drafts.enter_context(atomic_write(target)))
                    written.add(target)
        for replaced in {path for paths in own.values() for path in paths} - written:
            for path in (*texts_of(replaced), replaced):
                path.unlink()
    except OSError as error:
        raise Error(
            f"{folder} cannot be written: {error.strerror}; XDG_DATA_HOME can name another place"
        ) from None
