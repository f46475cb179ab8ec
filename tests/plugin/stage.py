"""A screen, a JACK server and a sound for the standalone program, all without hardware."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageGrab
from tonecast.benchmarks.speed.jack_server import QUIET, jack_server, where_programs_find
from tonecast.plugin_core.plugin_hosting.juce_state import block, encode

if TYPE_CHECKING:
    import jack  # which is no use without its library

RATE_HZ = 48000
PERIOD = 1024
TOOLS = ("Xvfb", "jackd", "jack_wait", "libjack")

SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<PROPERTIES>
  <VALUE name="audioSetup">
    <DEVICESETUP deviceType="JACK" audioOutputDeviceName="system" audioInputDeviceName="system"
                 audioDeviceRate="48000.0" audioDeviceBufferSize="1024"/>
  </VALUE>
  <VALUE name="shouldMuteInput" val="0"/>
  <VALUE name="windowX" val="0"/>
  <VALUE name="windowY" val="0"/>
  <VALUE name="filterState" val="{state}"/>
</PROPERTIES>
"""


@contextmanager
def running(command: list[str | Path], **options) -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(command, **options) as process:
        try:
            yield process
        finally:
            process.terminate()


@contextmanager
def screen(width: int, height: int) -> Iterator[str]:
    """A virtual screen; what DISPLAY must be for programs to draw on it."""
    read, write = os.pipe()
    size = f"{width}x{height}x24"
    command = ["Xvfb", "-displayfd", str(write), "-screen", "0", size, "-nolisten", "tcp"]
    with running(command, pass_fds=[write], **QUIET):
        os.close(write)
        with os.fdopen(read) as numbers:
            yield f":{numbers.readline().strip()}"


def colours(display: str) -> int:
    """How many the screen shows; an empty one has one, a window of a host's own a few."""
    pixels = np.asarray(ImageGrab.grab(xdisplay=display)).reshape(-1, 3)
    return len(np.unique(pixels, axis=0))


def wait_for(condition):
    """What `condition` gives, once it gives something; pytest's timeout ends what never does."""
    while not (found := condition()):
        time.sleep(0.1)
    return found


class Stage:
    """The program runs on it; what it shows can be photographed, what it hears be chosen."""

    def __init__(self, program: Path, home: Path, xml: str, width: int, height: int) -> None:
        self._stack = ExitStack()
        self._program, self._home, self._xml = program, home, xml
        self._size = width, height
        self._sound = np.zeros(RATE_HZ, np.float32)
        self._at = 0

    def __enter__(self) -> Stage:
        import jack

        self.display = self._stack.enter_context(screen(*self._size))
        server = f"tonecast-stage-{os.getpid()}"
        self._stack.enter_context(jack_server(server, RATE_HZ, PERIOD))
        settings = self._home / ".config" / "Tonecast.settings"
        settings.parent.mkdir(parents=True, exist_ok=True)
        settings.write_text(SETTINGS.format(state=encode(block(self._xml))))
        environment = {
            **os.environ,
            "DISPLAY": self.display,
            "HOME": str(self._home),
            **where_programs_find(server),
        }
        self.log = self._home / "log.txt"
        with self.log.open("wb") as log:
            program = running([self._program], env=environment, stdout=log, stderr=log)
            self.process = self._stack.enter_context(program)
        self._client = jack.Client("source", servername=server, no_start_server=True)
        out = self._client.outports.register("out")
        self._client.set_process_callback(lambda frames: self._feed(out, frames))
        self._stack.enter_context(self._client)
        for port in wait_for(self._inputs):
            # Once it has opened its device, it is connected to the server's own inputs.
            (system,) = wait_for(lambda port=port: self._client.get_all_connections(port))
            self._client.connect(out, port)
            self._client.disconnect(system, port)
        return self

    def __exit__(self, *error: object) -> None:
        self._stack.close()

    def play(self, sound: np.ndarray) -> None:
        """From now on, over and over."""
        self._at, self._sound = 0, sound.astype(np.float32)

    def photograph(self, path: Path | None = None) -> Image.Image:
        picture = ImageGrab.grab(xdisplay=self.display)
        if path is not None:
            picture.save(path)
        return picture

    def _inputs(self) -> list[jack.Port]:
        ports = self._client.get_ports(is_audio=True, is_input=True)
        return [port for port in ports if not port.name.startswith("system:")]

    def _feed(self, port: jack.OwnPort, frames: int) -> None:
        indices = np.arange(self._at, self._at + frames) % self._sound.size
        port.get_array()[:] = self._sound[indices]
        self._at += frames
