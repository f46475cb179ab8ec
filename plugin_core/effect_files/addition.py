"""What could be added to the user's folder: effect files with their cards and licence texts.

They are looked for in a file, in a folder, or in a pack, which is a zip file of such.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ..archives import unpack
from ..errors import Error
from .catalog import EffectEntry, read_effect, user_folder
from .trial import try_in_child

SUFFIXES = (".onnx", ".nam")  # those that are found in a folder
LICENCES = ("LICENSE", "LICENCE", "COPYING", "NOTICE")
LARGEST_PACK_BYTES = 2**30


@dataclass(frozen=True)
class Addition:
    """An effect file to add. Its card and licence texts go along, by the endings of their names."""

    source: Path
    entry: EffectEntry
    texts: Mapping[str, Path]

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

    @property
    def text_targets(self) -> dict[Path, Path]:
        """Where each text goes, and from where: named after the effect, for packs have the same."""
        folder = user_folder()
        return {folder / f"{self._stem}{ending}": text for ending, text in self.texts.items()}

    @property
    def _stem(self) -> str:
        return f"{self.name}-{self.rate_hz}" if self.source.suffix == ".onnx" else self.name


def texts_of(file: Path) -> list[Path]:
    """The card and the licence texts that were put beside a file."""
    begins = f"{file.stem}."
    beside = (path for path in file.parent.iterdir() if path.name.startswith(begins))
    return sorted(
        path
        for path in beside
        if (rest := path.name.removeprefix(begins)) == "md" or rest.upper().startswith(LICENCES)
    )


@contextmanager
def folder_or_file(source: Path) -> Iterator[Path]:
    """The source, or the folder that a zip file is unpacked into. Raise tonecast.Error."""
    if source.suffix.lower() != ".zip" or source.is_dir():
        yield source
        return
    with tempfile.TemporaryDirectory(prefix="tonecast-") as folder:
        unpack(source, Path(folder), LARGEST_PACK_BYTES)
        yield Path(folder)


def additions_in(place: Path, source: Path) -> list[Addition]:
    """What is in a file or in a folder, which errors name as `source`. Raise tonecast.Error."""
    if not place.is_dir():
        if place.suffix not in SUFFIXES:
            raise Error(
                f"{source} is no effect file (.onnx), no capture (.nam), no folder and no zip of "
                f"such; 'tonecast import' makes an effect file of other captures"
            )
        return [Addition(place, _read(place), _beside(place, []))]
    files = sorted(path for suffix in SUFFIXES for path in place.rglob(f"*{suffix}"))
    files = [path for path in files if path.is_file() and not path.name.startswith(".")]
    if not files:
        raise Error(f"{source} holds no effect file (.onnx) and no capture (.nam)")
    licences = sorted(path for path in place.rglob("*") if path.is_file() and _is_licence(path))
    return [Addition(path, _read(path), _beside(path, licences)) for path in files]


def _read(file: Path) -> EffectEntry:
    """Another process opens and plays it first: this one does only if that one has survived."""
    try_in_child(file)
    return read_effect(file)


def _beside(file: Path, licences: list[Path]) -> dict[str, Path]:
    """An effect's card, and the licence texts of its folder and of those around that."""
    card = file.with_suffix(".md")
    texts = {".md": card} if card.is_file() else {}
    for licence in licences:
        if file.is_relative_to(licence.parent):
            ending = f".{licence.name}"
            while ending in texts:
                ending += ".more"
            texts[ending] = licence
    return texts


def _is_licence(path: Path) -> bool:
    return path.name.upper().startswith(LICENCES)
