"""Sound servers and devices: what `tonecast live` plays on."""

from __future__ import annotations

import os
import sys
from collections import Counter
from pathlib import Path

from ..errors import Error
from .finding import Finding, of_error

CARDS = Path("/proc/asound/cards")
SHARED_MEMORY = Path("/dev/shm")


def servers() -> list[Finding]:
    """Which of JACK, PipeWire and PulseAudio runs, and whether ALSA has a card. Linux alone."""
    if not sys.platform.startswith("linux"):
        return []
    run = Path(os.environ.get("XDG_RUNTIME_DIR") or f"/run/user/{os.getuid()}")
    there = {
        "JACK": any(SHARED_MEMORY.glob(f"jack_*{os.getuid()}_*")),
        "PipeWire": (run / "pipewire-0").is_socket(),
        "PulseAudio": (run / "pulse/native").is_socket(),
        "ALSA": CARDS.exists() and "[" in CARDS.read_text(),
    }
    seen = [name for name, is_there in there.items() if is_there]
    if seen:
        return [Finding("sound servers", "works", ", ".join(seen))]
    text = "none runs, and ALSA has no sound card; files and pipes play all the same"
    start = "connect a sound card, or run 'systemctl --user start pipewire pipewire-pulse'"
    return [Finding("sound servers", "absent", text, start)]


def devices() -> list[Finding]:
    """What PortAudio lists, by driver: ALSA and JACK, or WASAPI and ASIO."""
    try:
        from ..live.audio_devices import audio_devices
        from ..live.portaudio import portaudio

        library = portaudio().get_portaudio_version()[1].split(",")[0]
        found = audio_devices()
    except Error as error:
        return [of_error("devices", "absent", error)]
    drivers = Counter(device.driver for device in found)
    if not found:
        text = f"{library} finds none; 'tonecast live' needs one, files do not"
        way_out = "connect a device, or start a JACK server, then 'tonecast devices'"
        return [Finding("devices", "absent", text, way_out)]
    listed = ", ".join(f"{count} by {driver}" for driver, count in drivers.items())
    return [Finding("devices", "works", f"{listed} ({library})")]
