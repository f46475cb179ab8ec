"""Looks whether devices that went away can be opened again, in a process of its own.

PortAudio lists devices only when it is initialised, and a sick server may hold that up or abort it.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from dataclasses import asdict

from ..errors import Error
from .audio_devices import AudioDevice, audio_devices, check_settings, same_device

PERIOD_S = 1.0
MAX_S = 10.0  # a probe that takes longer hangs


class DeviceProbe:
    """Asks again and again, without ever waiting for an answer."""

    def __init__(
        self,
        input_device: AudioDevice,
        output_device: AudioDevice,
        channels: tuple[int, int],
        sample_rate_hz: int,
    ) -> None:
        wanted = [asdict(input_device), asdict(output_device), channels, sample_rate_hz]
        self._command = [sys.executable, "-m", __name__, json.dumps(wanted)]
        self._process: subprocess.Popen[str] | None = None
        self._began_s = 0.0
        self.refusal = ""  # why devices that are there cannot be opened

    def found(self) -> bool:
        """Whether the devices could be opened now."""
        now_s = time.monotonic()
        if self._process is None:
            if now_s >= self._began_s + PERIOD_S:
                self._began_s = now_s
                self._process = subprocess.Popen(
                    self._command,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                    text=True,
                    start_new_session=True,  # Ctrl-C is not for it
                )
            return False
        if self._process.poll() is None:
            if now_s > self._began_s + MAX_S:
                self.close()
            return False
        answer, _ = self._process.communicate()
        self._process = None
        self.refusal = answer.strip()
        return answer == "\n"

    def close(self) -> None:
        """End the question that is under way, if there is one."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None


def _answer(question: str) -> str | None:
    """Empty if the devices can be opened, else why not; None while they are not there."""
    first, second, (inputs, outputs), sample_rate_hz = json.loads(question)
    known = audio_devices()
    input_device = same_device(known, AudioDevice(**first))
    output_device = same_device(known, AudioDevice(**second))
    if input_device is None or output_device is None:
        return None
    try:
        check_settings(input_device, output_device, (inputs, outputs), sample_rate_hz)
    except Error as error:
        return f"{output_device.name} is back, but {error}"
    return ""


if __name__ == "__main__":
    found = _answer(sys.argv[1])
    if found is not None:
        print(found)
