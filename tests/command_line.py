"""The `tonecast` command as tests run it: in this process, or as a process of its own."""

from __future__ import annotations

import os
import re
import struct
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from tonecast.plugin_core import cli

CONTROL_CHARACTERS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


class Tonecast:
    """Runs the command in this process and keeps what it said."""

    def __init__(self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        self.capsys = capsys
        self.monkeypatch = monkeypatch
        self.out = self.err = ""

    def __call__(self, *arguments: object) -> int:
        self.monkeypatch.setattr(sys, "argv", ["tonecast", *map(str, arguments)])
        with pytest.raises(SystemExit) as exit_:
            cli.main()
        self.out, self.err = self.capsys.readouterr()
        assert not CONTROL_CHARACTERS.search(self.out + self.err)
        return int(exit_.value.code or 0)


def child(*arguments: object, **options: Any) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", "from tonecast.plugin_core.cli import main; main()"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen([*command, *map(str, arguments)], **{**pipes, **options})


def names(folder: Path) -> Sequence[str]:
    """All files below a folder, hidden ones included."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def write_days_of_silence(path: Path) -> Path:
    """A recording too long to play to its end; a file system stores next to nothing of it."""
    rate_hz, samples = 8000, 100 * 3600 * 8000
    form = b"fmt " + struct.pack("<IHHIIHH", 16, 1, 1, rate_hz, rate_hz, 1, 8)
    head = b"WAVE" + form + b"data" + struct.pack("<I", samples)
    path.write_bytes(b"RIFF" + struct.pack("<I", len(head) + samples) + head)
    os.truncate(path, 8 + len(head) + samples)
    return path
