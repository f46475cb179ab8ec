"""Effects into the user's own folder, and out of it again: `tonecast effects add` and `remove`.

What is added is looked at first, all of it: opened and played by another process, then compared
with its record. What is in the folder outlives every update of the package, and the plugin offers
it.
"""

from __future__ import annotations

import filecmp
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from .. import _engine
from ..archives import unpack
from ..atomic_write import atomic_write
from ..errors import Error
from .catalog import USER, EffectEntry, read_catalog, read_effect, user_folder
from .parity import verify
from .trial import try_in_child

SUFFIXES = (".onnx", ".nam")  # those that are found in a folder
LICENCES = ("LICENSE", "LICENCE", "COPYING", "NOTICE")
LARGEST_PACK_BYTES = 2**30


@dataclass(frozen=True)
class Addition:
    """An effect file to add: its card and licence texts go along."""

    source: Path
    entry: EffectEntry
    texts: tuple[Path, ...]

    @property
    def name(self) -> str:
        """Of the effect."""
        return self.entry.name

    @property
    def rate_hz(self) -> int:
        """The rate that it was made for."""
        return next(iter(self.entry.files))

    @property
    def target(self) -> Path:
        """Named after the effect, and a capture's name is that of its file."""
        return user_folder() / f"{self._stem}{self.source.suffix}"

    def text_target(self, text: Path) -> Path:
        """Cards are named after the effect, licence texts after it as well: packs have the same."""
        ending = ".md" if text.suffix == ".md" and not _is_licence(text) else f".{text.name}"
        return user_folder() / f"{self._stem}{ending}"

    @property
    def _stem(self) -> str:
        return f"{self.name}-{self.rate_hz}" if self.source.suffix == ".onnx" else self.name


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
            for addition in _additions(unpacked.enter_context(_folder_or_file(source)), source)
        ]
        _check_each_once(additions)
        for addition in additions:
            _check_plays(addition.source)
        known = _installed()
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
    gone = [path for file in files for path in (*_texts_of(file), file)]
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


def _texts_of(file: Path) -> list[Path]:
    """The card and the licence texts that were put beside a file."""
    begins = f"{file.stem}."
    beside = (path for path in file.parent.iterdir() if path.name.startswith(begins))
    return sorted(
        path
        for path in beside
        if (rest := path.name.removeprefix(begins)) == "md" or rest.upper().startswith(LICENCES)
    )


@contextmanager
def _folder_or_file(source: Path) -> Iterator[Path]:
    if source.suffix.lower() != ".zip" or source.is_dir():
        yield source
        return
    with tempfile.TemporaryDirectory(prefix="tonecast-") as folder:
        unpack(source, Path(folder), LARGEST_PACK_BYTES)
        yield Path(folder)


def _additions(place: Path, source: Path) -> list[Addition]:
    """What is in a file or in a folder, which errors name as `source`."""
    if not place.is_dir():
        if place.suffix not in SUFFIXES:
            raise Error(
                f"{source} is no effect file (.onnx), no capture (.nam), no folder and no zip of "
                f"such; 'tonecast import' makes an effect file of other captures"
            )
        return [Addition(place, read_effect(place), _beside(place, []))]
    files = sorted(path for suffix in SUFFIXES for path in place.rglob(f"*{suffix}"))
    files = [path for path in files if path.is_file() and not path.name.startswith(".")]
    if not files:
        raise Error(f"{source} holds no effect file (.onnx) and no capture (.nam)")
    licences = sorted(path for path in place.rglob("*") if path.is_file() and _is_licence(path))
    return [Addition(path, read_effect(path), _beside(path, licences)) for path in files]


def _beside(file: Path, licences: list[Path]) -> tuple[Path, ...]:
    """An effect's card, and the licence texts of its pack."""
    card = file.with_suffix(".md")
    return (*([card] if card.is_file() else []), *licences)


def _is_licence(path: Path) -> bool:
    return path.name.upper().startswith(LICENCES)


def _check_each_once(additions: list[Addition]) -> None:
    seen: dict[Path, Addition] = {}
    for addition in additions:
        other = seen.setdefault(addition.target, addition)
        if other is not addition:
            raise Error(
                f"{other.source.name} and {addition.source.name} are both called {addition.name}; "
                f"add one of them"
            )


def _check_plays(file: Path) -> None:
    """In another process first: this one opens it only if it survived that."""
    try_in_child(file)
    if _engine.is_capture(file):
        return  # it has no record
    report = verify(file)
    if not report.passed:
        raise Error(f"{file}: {' '.join(report.differences)}")


def _installed() -> dict[str, EffectEntry]:
    """What plays by each name now, predictors among them."""
    return dict(read_catalog().entries)


def _is_installed(addition: Addition, known: dict[str, EffectEntry]) -> bool:
    there = known.get(addition.name)
    file = there.files.get(addition.rate_hz) if there else None
    return file is not None and filecmp.cmp(file, addition.source, shallow=False)


def _check_names(additions: list[Addition], known: dict[str, EffectEntry]) -> None:
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
                copies = {addition.target: addition.source}
                copies |= {addition.text_target(text): text for text in addition.texts}
                for target, source in copies.items():
                    shutil.copyfile(source, drafts.enter_context(atomic_write(target)))
                    written.add(target)
        for replaced in {path for paths in own.values() for path in paths} - written:
            for path in (*_texts_of(replaced), replaced):
                path.unlink()
    except OSError as error:
        raise Error(
            f"{folder} cannot be written: {error.strerror}; XDG_DATA_HOME can name another place"
        ) from None
