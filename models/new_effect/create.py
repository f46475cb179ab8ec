"""The folder of `tonecast new`: a network, recordings, training, export, a test and a card."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import numpy as np

from ...plugin_core.atomic_write import atomic_write
from ...plugin_core.audio_files.files import whole_file
from ...plugin_core.errors import Error
from ...plugin_core.samples import Samples
from ...plugin_core.synthesizer import pitch_hz, pluck
from ..capture.ladder.config import check_name

TEMPLATE = Path(__file__).parent / "my-effect"
TEMPLATE_NAME = TEMPLATE.name
RATE_HZ = 48_000
NOTES = (40, 47, 52, 56, 59, 64, 45, 52, 57, 61, 64, 69, 38, 45, 50, 57)
NOTE_S = 0.75
DRIVES = (0.0, 0.5, 1.0)
MOST_DRIVE_DB = 20.0


def create(folder: Path) -> None:
    """Write the folder, whose name is the effect's; it runs as it is, on simulated recordings.

    Raise tonecast.Error for a name that no effect can have, or where something is there already.
    """
    check_name(folder.name)
    if folder.exists():
        raise Error(f"{folder} is there already; give another name, or move it away")
    if not folder.parent.is_dir():
        raise Error(f"{folder.parent} is no folder; make it first")
    with atomic_write(folder, overwrite=False) as draft:
        shutil.copytree(TEMPLATE, draft, ignore=shutil.ignore_patterns("__pycache__"))
        for path in draft.iterdir():
            text = path.read_text(encoding="utf-8")
            path.write_text(text.replace(TEMPLATE_NAME, folder.name), encoding="utf-8")
        _write_recordings(draft)


def _write_recordings(folder: Path) -> None:
    (folder / "recordings").mkdir()
    dry = _plucked()
    lines = [["dry", "wet", "drive"]]
    _write(folder / "recordings" / "dry.wav", dry)
    for drive in DRIVES:
        name = f"wet-drive-{drive:g}.wav"
        wet = np.tanh(10 ** (MOST_DRIVE_DB * drive / 20) * dry).astype(np.float32)
        _write(folder / "recordings" / name, wet)
        lines.append(["recordings/dry.wav", f"recordings/{name}", f"{drive:g}"])
    with (folder / "pairs.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(lines)


def _plucked() -> Samples:
    """Strings, loud and soft [samples], peak 0.7."""
    rng = np.random.default_rng(1)
    levels = np.geomspace(0.1, 0.7, len(NOTES))
    rng.shuffle(levels)
    notes = [
        level * pluck(pitch_hz(note), NOTE_S, RATE_HZ, rng)
        for note, level in zip(NOTES, levels, strict=True)
    ]
    return np.concatenate(notes).astype(np.float32)


def _write(path: Path, sound: Samples) -> None:
    with whole_file(path, RATE_HZ, 1, 24) as sink:
        sink.write(sound[np.newaxis])
