"""The plugin's bundles: what is in a whole one, and where each format belongs on this system."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

NAME = "Tonecast"
VERSION_FILE = "version.txt"  # the build writes it beside the effects
BINARIES = tuple(
    f"{prefix}{NAME}{suffix}"
    for prefix in ("", "lib")
    for suffix in (".so", ".dll", ".dylib", ".vst3", ".exe", "")
)
_MARKS = (VERSION_FILE, "tonecast-trial", "tonecast-trial.exe", "effects/resonance-eq-48k.onnx")


@dataclass(frozen=True)
class Format:
    """A plugin format; `folder` is where bundles of it are looked for, in the user's own files."""

    name: str
    bundle: str
    folder: Callable[[], Path]

    @property
    def installed(self) -> Path:
        """Where the user's own bundle goes; it need not exist."""
        return self.folder() / self.bundle


@dataclass(frozen=True)
class Bundle:
    """A bundle on disk, whole or not."""

    format: Format
    path: Path

    @property
    def resources(self) -> Path:
        """The folder with its effects."""
        return self.path / "Contents/Resources" if self._has_contents else self.path

    @property
    def binary(self) -> Path | None:
        """What hosts load, or what is started."""
        folders = self.path.glob("Contents/*/") if self._has_contents else [self.path]
        found = (folder / name for folder in folders for name in BINARIES)
        return next((path for path in found if path.is_file()), None)

    @property
    def version(self) -> str:
        """Of the release that it is from, or "" where it does not say so."""
        try:
            return (self.resources / VERSION_FILE).read_text().strip()
        except OSError:
            return ""

    @property
    def effect_count(self) -> int:
        """Of its files, predictors among them."""
        return len(list((self.resources / "effects").glob("*.onnx")))

    @property
    def is_ours(self) -> bool:
        """Whether something in it says so, whole or not."""
        binary = self.binary
        beside = [self.resources, *([binary.parent] if binary else [])]
        if any((folder / mark).is_file() for folder in beside for mark in _MARKS):
            return True
        manifest = self.path / "manifest.ttl"
        return manifest.is_file() and "urn:tonecast:plugin" in manifest.read_text(errors="replace")

    def lacks(self) -> list[str]:
        """What it needs and has not, in words; empty for a whole one."""
        binary = self.binary
        if binary is None:
            return ["the plugin itself"]
        beside = binary.parent
        there = {
            "ONNX Runtime": any(beside.glob("*onnxruntime*")),
            "its effects": self.effect_count > 0,
            "the program tonecast-trial": any(beside.glob("tonecast-trial*")),
        }
        if self.format is LV2:
            there["manifest.ttl"] = (self.path / "manifest.ttl").is_file()
        return [what for what, is_there in there.items() if not is_there]

    @property
    def _has_contents(self) -> bool:
        return (self.path / "Contents").is_dir()


def _vst3_folder() -> Path:
    if sys.platform == "win32":
        return _local_data() / "Programs/Common/VST3"
    if sys.platform == "darwin":
        return Path.home() / "Library/Audio/Plug-Ins/VST3"
    return Path.home() / ".vst3"


def _lv2_folder() -> Path:
    if sys.platform == "win32":
        return Path(os.environ.get("APPDATA") or Path.home() / "AppData/Roaming") / "LV2"
    if sys.platform == "darwin":
        return Path.home() / "Library/Audio/Plug-Ins/LV2"
    return Path.home() / ".lv2"


def _application_folder() -> Path:
    if sys.platform == "win32":
        return _local_data() / "Programs"
    if sys.platform == "darwin":
        return Path.home() / "Applications"
    return Path.home() / ".local/lib"


def _local_data() -> Path:
    return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData/Local")


VST3 = Format("VST3", f"{NAME}.vst3", _vst3_folder)
LV2 = Format("LV2", f"{NAME}.lv2", _lv2_folder)
STANDALONE = Format(
    "standalone", f"{NAME}.app" if sys.platform == "darwin" else NAME, _application_folder
)
FORMATS = (VST3, LV2, STANDALONE)


def find_bundles(folder: Path) -> list[Bundle]:
    """The bundles in a folder or below it, one of each format at most; or the folder itself.

    The application is the folder that holds it, whatever that is called.
    """
    found: dict[str, Bundle] = {}
    for path in [folder, *sorted(path for path in folder.rglob("*") if path.is_dir())]:
        inside = any(path.is_relative_to(bundle.path) for bundle in found.values())
        format_ = _format_of(path)
        if format_ is not None and not inside:
            found.setdefault(format_.name, Bundle(format_, path))
    return list(found.values())


def _format_of(path: Path) -> Format | None:
    for format_ in (VST3, LV2):
        if path.name == format_.bundle:
            return format_
    programs = [NAME, f"{NAME}.exe", f"Contents/MacOS/{NAME}"]
    is_program = any((path / name).is_file() for name in programs)
    return STANDALONE if is_program and path.suffix != ".vst3" else None
