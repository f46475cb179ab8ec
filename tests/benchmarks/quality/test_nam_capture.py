"""The page of captures keeps the sections of both commands that write it."""

from __future__ import annotations

from pathlib import Path

import pytest
from tonecast.benchmarks.quality import device_capture, nam_capture
from tonecast.benchmarks.quality.nam_capture import SECTION, Row
from tonecast.benchmarks.training.nam_trainer import NamTrainer

TRAINER = NamTrainer("python", "neural-amp-modeler 1")


def _row(device: str, trainer: str, held_out_db: float) -> Row:
    return Row(device, trainer, 2.0, held_out_db, None, -8.0, 0.01)


def test_a_device_measured_again_replaces_its_own_rows_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(device_capture, "PAGE", tmp_path / "page.md")
    for rows in (
        [_row("amplifier-a1", "ours", -1.0)],
        [_row("overdrive-pedal", "ours", -10.0)],
        [_row("amplifier-a1", "ours", -20.0)],
    ):
        texts = {**device_capture.sections(), SECTION: nam_capture._section(TRAINER, rows)}
        device_capture.write_page(texts)
    section = device_capture.sections()[SECTION]
    lines = [line for line in section.splitlines() if line.startswith("| ")]
    assert [line.split(" | ")[0] for line in lines] == [
        "| device", "| overdrive-pedal", "| amplifier-a1"
    ]  # fmt: skip
    assert "| 0.0100 | -20.0 |" in lines[2]


def test_sections_of_other_commands_stay_behind_the_devices(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(device_capture, "PAGE", tmp_path / "page.md")
    other = nam_capture._section(TRAINER, [_row("amplifier-a1", "ours", -1.0)])
    device_capture.write_page({SECTION: other, "peak": "<!-- peak -->\n## Peak\n"})
    assert list(device_capture.sections()) == ["peak", SECTION]
