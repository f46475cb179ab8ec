"""Audio devices: finding them, and turning PortAudio's errors into messages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from ..errors import Error
from .portaudio import portaudio


@dataclass(frozen=True)
class AudioDevice:
    """A device as PortAudio lists it. Latencies are what its driver suggests for live use."""

    index: int
    name: str
    driver: str
    input_channels: int
    output_channels: int
    sample_rate_hz: float
    input_latency_ms: float
    output_latency_ms: float


# A built-in microphone and loudspeakers are close enough for acoustic feedback.
_BUILT_IN = ("built-in", "built in", "internal", "macbook", "hda intel", "sof-", "realtek")


def may_feed_back(input_name: str, output_name: str) -> bool:
    """Whether microphone and loudspeakers look like those of one laptop."""
    return all(
        any(word in name.lower() for word in _BUILT_IN) for name in (input_name, output_name)
    )


def audio_devices() -> list[AudioDevice]:
    """All devices. Raise tonecast.Error where PortAudio is missing or fails."""
    sounddevice = portaudio()
    with explained():
        drivers = sounddevice.query_hostapis()
        return [
            AudioDevice(
                index,
                device["name"],
                drivers[device["hostapi"]]["name"],
                device["max_input_channels"],
                device["max_output_channels"],
                device["default_samplerate"],
                1000 * device["default_low_input_latency"],
                1000 * device["default_low_output_latency"],
            )
            for index, device in enumerate(sounddevice.query_devices())
        ]


def find_audio_device(wanted: int | str | None, kind: str) -> AudioDevice:
    """The device of a number or part of a name, or the default; kind is "input" or "output".

    Raise tonecast.Error where there is none, or several.
    """
    known = audio_devices()
    if not known:
        raise Error("there is no audio device; connect one, or start a JACK server")
    sounddevice = portaudio()
    try:
        index = int(sounddevice.query_devices(wanted, kind)["index"])
    except (OverflowError, ValueError, sounddevice.PortAudioError):
        able = [device for device in known if getattr(device, f"{kind}_channels")]
        names = ", ".join(f"{device.index} ({device.name})" for device in able) or "none"
        which = "no default" if wanted is None else f"no single device {wanted!r} as"
        raise Error(f"there is {which} {kind}; choose among {names}") from None
    return known[index]


def same_device(known: list[AudioDevice], wanted: AudioDevice) -> AudioDevice | None:
    """Find a device that went away and came back, perhaps with another number."""
    able = [
        device
        for device in known
        if device.driver == wanted.driver
        and device.input_channels >= wanted.input_channels
        and device.output_channels >= wanted.output_channels
    ]
    for name in (str, _without_card_number):
        for device in able:
            if name(device.name) == name(wanted.name):
                return device
    return None


def _without_card_number(name: str) -> str:
    """ALSA may number a card anew whenever it is plugged in."""
    return re.sub(r"\(hw:\d+,", "(hw:,", name)


def check_settings(
    input_device: AudioDevice,
    output_device: AudioDevice,
    channels: tuple[int, int],
    sample_rate_hz: int,
) -> None:
    """Raise tonecast.Error unless the devices take this rate and so many channels, in and out."""
    sounddevice = portaudio()
    with explained(f"{input_device.name} → {output_device.name} cannot be opened"):
        for device, count, check in (
            (input_device, channels[0], sounddevice.check_input_settings),
            (output_device, channels[1], sounddevice.check_output_settings),
        ):
            check(device.index, count, "float32", samplerate=sample_rate_hz)


@contextmanager
def explained(doing: str = "the audio device failed") -> Iterator[None]:
    """Turn PortAudio's errors into tonecast.Error, with what to do."""
    sounddevice = portaudio()
    try:
        yield
    except sounddevice.PortAudioError as error:
        code = int(error.args[1]) if len(error.args) > 1 else 0
        ways_out = {
            -9997: "it refuses that sample rate; 'tonecast devices' shows the one it prefers",
            -9998: "it has fewer channels; 'tonecast devices' shows how many",
            -9996: "there is no such device; 'tonecast devices' lists them",
            -9985: "another program uses it; close that, or use JACK or PipeWire",
            -9993: "input and output belong to different drivers; choose two of the same",
        }
        what = ways_out.get(code, str(error.args[0]) if error.args else "no reason given")
        raise Error(f"{doing}: {what}") from None
