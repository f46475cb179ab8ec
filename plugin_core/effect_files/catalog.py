"""The catalogue: which effects are installed, where each comes from, and which file fits a rate.

Effects are data. They are found in three places, and of two with one name the first is taken:

1. the user's own folder, `user_folder()`;
2. those that come with tonecast;
3. packs: installed packages that name a folder of effect files in the entry-point group
   `tonecast.effects`.

Neither onnxruntime nor the PyTorch side of the project is imported.
"""

from __future__ import annotations

import difflib
import os
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path

from platformdirs import user_data_path

from .. import _engine
from ..errors import Error
from .contract import Contract, Control

GROUP = "tonecast.effects"
OWN_PACK = "tonecast"
USER = "your folder"


@dataclass(frozen=True)
class EffectEntry:
    """One effect: its files and their contracts by sample rate in Hz.

    Files of the same name differ only in the rate that they were made for. `source` is their pack,
    `USER`, or empty for a file that was named by its path.
    """

    name: str
    files: Mapping[int, Path]
    contracts: Mapping[int, Contract]
    source: str = ""

    def rate_hz_for(self, host_rate_hz: int) -> int:
        """The rate of the file that is played at a host rate."""
        return _engine.fitting_rate(list(self.files), host_rate_hz)

    @property
    def where(self) -> str:
        """What finds it again, from any folder: its name if it is installed, or else its path."""
        return self.name if self.source else str(next(iter(self.files.values())).absolute())

    @property
    def contract(self) -> Contract:
        """The contract of the file that is played at 48 kHz."""
        return self.contracts[self.rate_hz_for(48000)]

    @property
    def controls(self) -> tuple[Control, ...]:
        """The controls, the same for all rates."""
        return self.contract.controls


@dataclass(frozen=True)
class Catalog:
    """All effects and predictors that were found, by name, and what could not be taken.

    `hidden` are those whose name is taken by an effect of another source; `problems` says in a line
    each which file or pack was skipped, and why.
    """

    entries: Mapping[str, EffectEntry]
    hidden: tuple[EffectEntry, ...]
    problems: tuple[str, ...]


def user_folder() -> Path:
    """Where users put effect files of their own; it need not exist."""
    return Path(user_data_path("tonecast", appauthor=False)) / "effects"


def effect_folders() -> list[Path]:
    """Where effects are looked for: the user's folder, ours, those of packs."""
    return [folder for _, folders in _sources([]) for folder in folders]


def read_catalog() -> Catalog:
    """Everything that is installed now. A file or pack that is broken is skipped, and named."""
    entries: dict[str, EffectEntry] = {}
    hidden: list[EffectEntry] = []
    problems: list[str] = []
    for source, folders in _sources(problems):
        for name, entry in _read_source(source, folders, problems).items():
            if name in entries:
                hidden.append(entry)
            else:
                entries[name] = entry
    return Catalog(dict(sorted(entries.items())), tuple(hidden), tuple(problems))


def shipped_effects() -> Mapping[str, EffectEntry]:
    """The effects and predictors that come with tonecast, by name."""
    folders = next((f for source, f in _sources([]) if source == OWN_PACK), [])
    return dict(sorted(_read_source(OWN_PACK, folders, []).items()))


def installed_effects() -> Mapping[str, EffectEntry]:
    """All effects and predictors that can be asked for by name.

    A file or pack that is broken is skipped; a RuntimeWarning names it.
    """
    catalog = read_catalog()
    for problem in catalog.problems:
        warnings.warn(problem, RuntimeWarning, stacklevel=2)
    return catalog.entries


def is_path(name_or_path: str | os.PathLike[str]) -> bool:
    """Whether this is the path of a file, not the name of an installed effect."""
    text = os.fsdecode(name_or_path)
    return (
        isinstance(name_or_path, os.PathLike)
        or text.endswith(".onnx")
        or _engine.is_capture(text)
        or Path(text).parent != Path()
    )


def find_effect(name_or_path: str | os.PathLike[str]) -> EffectEntry:
    """An installed effect by name, or the file at a path. Raise tonecast.Error."""
    text = os.fsdecode(name_or_path)
    check_name(text)
    if is_path(name_or_path):
        return read_effect(Path(text))
    catalog = read_catalog()
    if text in catalog.entries:
        return catalog.entries[text]
    names = [name for name, entry in catalog.entries.items() if entry.contract.kind == "effect"]
    close = difflib.get_close_matches(text, names, n=1)
    meant = f"did you mean {close[0]!r}" if close else f"there is {', '.join(names)}"
    skipped = "".join(f" ({problem})" for problem in catalog.problems)
    raise Error(
        f"no effect named {text!r} is installed; {meant}, or a path to an .onnx file or a capture?"
        f"{skipped}"
    )


def check_name(text: str) -> None:
    """Raise tonecast.Error for what no system takes as a file's name."""
    try:
        possible = b"\0" not in os.fsencode(text)
    except UnicodeEncodeError:
        possible = False
    if not possible:
        raise Error(f"{text!r} is no name of an effect, and none that a file can have")


def read_effect(path: Path) -> EffectEntry:
    """The effect in a file: one of ours, or a capture by another program. Raise tonecast.Error."""
    text = _engine.read_contract(path)
    try:
        contract = Contract.from_json(text)
    except Error as error:
        raise Error(f"{path}: {error}") from None
    rate_hz = contract.sample_rate_hz
    return EffectEntry(contract.name, {rate_hz: path}, {rate_hz: contract})


def _sources(problems: list[str]) -> Iterator[tuple[str, list[Path]]]:
    """Each source and its folders, the first to be asked first."""
    yield USER, [user_folder()]
    packs = entry_points(group=GROUP)
    for pack in sorted(packs, key=lambda pack: (pack.name != OWN_PACK, pack.name)):
        folders = _folders_of(pack.value)
        if not folders:
            problems.append(
                f"the effect pack {pack.name!r} was skipped: there is no folder {pack.value}"
            )
        yield pack.name, folders


def _folders_of(dotted_path: str) -> list[Path]:
    """The folder that a dotted path below a package names. Runs no code but the parents' own."""
    parent, _, folder = dotted_path.rpartition(".")
    try:
        package = find_spec(parent) if parent else find_spec(folder)
    except (ImportError, AttributeError, ValueError):
        return []
    locations = (package.submodule_search_locations if package else None) or []
    paths = [Path(place, folder) if parent else Path(place) for place in locations]
    return [path for path in paths if path.is_dir()]


def _read_source(source: str, folders: list[Path], problems: list[str]) -> dict[str, EffectEntry]:
    """The effects in the folders of one source; files of one name for several rates are one."""
    found: dict[str, EffectEntry] = {}
    suffixes = ("*.onnx", "*.nam")  # JSON may be anything
    paths = (path for folder in folders for suffix in suffixes for path in folder.glob(suffix))
    for path in sorted(paths):
        try:
            status = path.stat()
            entry = _read_again(path, status.st_mtime_ns, status.st_size)
        except (Error, OSError) as error:
            problems.append(f"{source}: {path.name} was skipped: {error}")
            continue
        same = found.get(entry.name)
        found[entry.name] = EffectEntry(
            entry.name,
            {**(same.files if same else {}), **entry.files},
            {**(same.contracts if same else {}), **entry.contracts},
            source,
        )
    return found


@lru_cache(maxsize=1024)
def _read_again(path: Path, mtime_ns: int, size: int) -> EffectEntry:
    """The effect in a file that may have been read before; another file has another key."""
    return read_effect(path)
