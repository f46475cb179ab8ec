"""`tonecast live`, in a process of its own, for tests."""

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

RATE_HZ = 48000
PERIOD = 256
TONECAST = Path(sys.executable).with_name("tonecast")
Server = subprocess.Popen[bytes]


class Player:
    """`tonecast live`, in a process of its own, from the moment when it plays."""

    def __init__(self, *arguments: object, **options: Any) -> None:
        self.process = subprocess.Popen(
            [str(TONECAST), "live", *map(str, arguments)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            **options,
        )
        self.said = ""
        self.wait_for("plays on")

    def wait_for(self, text: str) -> str:
        """The next line of its messages that holds this text."""
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.said += line
            if text in line:
                return line
        pytest.fail(f"ended without {text!r}: {self.said}")

    def end(self, *signals: signal.Signals) -> int:
        """Send it these signals at once; returns its exit code."""
        for number in signals:
            self.process.send_signal(number)
        self.out, rest = self.process.communicate()
        self.said += rest
        assert "Traceback" not in self.said
        return self.process.returncode

    @property
    def report(self) -> dict[str, Any]:
        """What it printed at its end."""
        report: dict[str, Any] = json.loads(self.out)
        return report
