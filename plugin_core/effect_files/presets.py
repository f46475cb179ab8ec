"""Presets: settings of an effect under a name, the same files as the plugin's.

A file is JSON: `{"version": 1, "presets": [{"name": …, "effects": […], "settings": {…}}]}`. The
settings are keyword arguments of `tonecast.Effect`, and only those that differ from the defaults.
They are found in `presets.json` beside the effects that are shipped or installed, and, one a file,
in the user's own folder.
"""

from __future__ import annotations

import difflib
import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ..errors import Error
from .catalog import effect_folders, user_folder

VERSION = 1
FILE_NAME = "presets.json"

PresetValue = float | bool | str


@dataclass(frozen=True)
class Preset:
    """Settings for any of these effects: a number in the control's unit, a bool, or a word."""

    name: str
    effects: tuple[str, ...]
    settings: Mapping[str, PresetValue]


def user_presets_folder() -> Path:
    """Where the plugin keeps the user's presets, a file each; it need not exist."""
    return user_folder().parent / "presets"


def find_preset(name: str, effect: str) -> Preset:
    """The preset of that name for this effect. Raise tonecast.Error."""
    problems: list[str] = []
    fitting = [preset for preset in _all(problems) if effect in preset.effects]
    for preset in fitting:
        if preset.name == name:
            return preset
    names = [preset.name for preset in fitting]
    close = difflib.get_close_matches(name, names, n=1)
    there = f"there is {', '.join(names)}" if names else "it has none"
    meant = f"did you mean {close[0]!r}?" if close else there
    skipped = "".join(f" ({problem})" for problem in problems)
    raise Error(f"{effect} has no preset {name!r}; {meant}{skipped}")


def presets(effect: str) -> Mapping[str, Preset]:
    """The presets for an effect by name: those that are shipped, then the user's own."""
    found: dict[str, Preset] = {}
    for preset in _all([]):
        if effect in preset.effects:
            found.setdefault(preset.name, preset)
    return found


def read_presets(path: Path) -> list[Preset]:
    """The presets in a file. Raise tonecast.Error, which names it."""
    try:
        file = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise Error(f"{path}: it cannot be read as JSON ({error})") from None
    listed = file.get("presets") if isinstance(file, dict) else None
    version = file.get("version") if isinstance(file, dict) else None
    if not isinstance(version, int) or not isinstance(listed, list):
        raise Error(f"{path}: it holds no presets")
    if version > VERSION:
        raise Error(f"{path}: its presets are of a newer Tonecast; update it")
    try:
        return [_preset(one) for one in listed]
    except Error as error:
        raise Error(f"{path}: {error}") from None


def _all(problems: list[str]) -> Iterator[Preset]:
    """All that are installed; files that are broken are skipped, and named."""
    for folder in effect_folders():
        path = folder / FILE_NAME
        if path.is_file():
            yield from _read(path, problems)
    for path in sorted(user_presets_folder().glob("*.json")):
        for preset in _read(path, problems)[:1]:
            yield Preset(path.stem, preset.effects, preset.settings)  # renamed with its file


def _read(path: Path, problems: list[str]) -> list[Preset]:
    try:
        return read_presets(path)
    except Error as error:
        problems.append(str(error))
        return []


def _preset(one: object) -> Preset:
    if not isinstance(one, dict) or not isinstance(name := one.get("name"), str) or not name:
        raise Error("a preset has no name")
    effects, settings = one.get("effects"), one.get("settings")
    if not isinstance(effects, list) or not all(isinstance(effect, str) for effect in effects):
        raise Error(f"the preset {name} does not say which effects it is for")
    if not isinstance(settings, dict):
        raise Error(f"the preset {name} has no settings")
    for control, value in settings.items():
        is_number = isinstance(value, (int, float)) and math.isfinite(value)
        if not is_number and not isinstance(value, str):
            raise Error(f"the preset {name} sets {control} to what is no number, switch or word")
    return Preset(name, tuple(effects), settings)
