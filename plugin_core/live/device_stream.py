"""The stream between two audio devices, which may go away and come back."""

from __future__ import annotations

import math
import time
from typing import Any

from .. import _engine
from ..errors import Error
from .audio_devices import AudioDevice, audio_devices, explained, same_device
from .device_probe import DeviceProbe
from .portaudio import close, leave_behind, look_again, portaudio, undisturbed

STALLED_S = 2.0  # a device without a callback for so long is gone
MAX_LATENCY_S = 10.0


class DeviceStream:
    """Calls an AudioCallback for sound; PortAudio and C++ do so by themselves."""

    def __init__(
        self,
        input_device: AudioDevice,
        output_device: AudioDevice,
        callback: _engine.AudioCallback,
        *,
        channels: tuple[int, int],  # in and out
        sample_rate_hz: int,
        block_samples: int,
        latency: str | float,
    ) -> None:
        """Open it. Raise tonecast.Error where a device refuses."""
        self.input, self.output = input_device, output_device
        self._callback = callback
        self._channels = channels
        self._sample_rate_hz = sample_rate_hz
        self._block_samples = block_samples
        self._latency = checked_latency(latency)
        self._probe = DeviceProbe(input_device, output_device, channels, sample_rate_hz)
        self.latency_s = 0.0  # of input and output together, as PortAudio has it
        self._stream: Any = self._open()  # None after it could not be opened again
        self._callbacks_seen = 0
        self._last_seen_s = math.inf

    def start(self) -> None:
        """Let it call. Raise tonecast.Error where the device refuses."""
        with explained(f"{self.output.name} cannot be started"), undisturbed():
            self._stream.start()
        self._last_seen_s = time.monotonic()

    def close(self) -> None:
        """End it. May be called again."""
        self._probe.close()
        if self._stream is not None:
            close(self._stream, self.output.driver)
        self._stream = None

    @property
    def gone_for_s(self) -> float | None:
        """How long ago a device that is gone last asked for sound; None while it plays."""
        now_s = time.monotonic()
        callbacks = self._callback.callbacks
        if callbacks != self._callbacks_seen:
            self._callbacks_seen, self._last_seen_s = callbacks, now_s
        silent_s = max(0.0, now_s - self._last_seen_s)
        return silent_s if silent_s > STALLED_S or not self._active() else None

    @property
    def refusal(self) -> str:
        """Why devices that are back cannot be opened; empty where nothing is known."""
        return self._probe.refusal

    def reopen_if_back(self) -> bool:
        """Open and start it again where the devices are back; True where it was.

        Call it again and again while they are gone: they are looked for once a second.
        """
        stalled = self._active() and self.output.driver.startswith("JACK")
        if stalled or not self._probe.found():  # a stalled server goes on by itself
            return False
        if self._stream is not None:
            close(self._stream, self.output.driver)
        self._stream = None
        look_again()
        known = audio_devices()
        input_device = same_device(known, self.input)
        output_device = same_device(known, self.output)
        if input_device is None or output_device is None:
            return False
        self.input, self.output = input_device, output_device
        self._callback.restart()
        try:
            self._stream = self._open()
            self.start()
        except Error:  # gone again in the meantime
            leave_behind(self._stream)
            self._stream = None
            return False
        return True

    def _active(self) -> bool:
        return self._stream is not None and self._stream.active

    def _open(self) -> Any:
        """A stream that calls C++ directly, so that no interpreter lock is in the audio path."""
        sounddevice = portaudio()
        ffi = sounddevice._ffi

        class Stream(sounddevice._StreamBase):  # type: ignore[misc, name-defined]
            """sounddevice's base class: made for libraries, it accepts C callbacks."""

        doing = f"{self.input.name} → {self.output.name} cannot be opened"
        with explained(doing), undisturbed():
            stream = Stream(
                kind="duplex",
                samplerate=self._sample_rate_hz,
                blocksize=self._block_samples,
                device=(self.input.index, self.output.index),
                channels=self._channels,
                dtype="float32",
                latency=self._latency,
                clip_off=True,
                dither_off=True,
                callback=ffi.cast("PaStreamCallback *", self._callback.function_address),
                userdata=ffi.cast("void *", self._callback.user_data_address),
            )
        stream.calls = self._callback  # alive as long as the stream
        self.latency_s = sum(stream.latency)
        return stream


def checked_latency(latency: str | float) -> str | float:
    """The same. Raise tonecast.Error unless it is "low", "high" or a sensible time in seconds."""
    if latency in ("low", "high"):
        return latency
    if isinstance(latency, str) or not 0 <= latency <= MAX_LATENCY_S:
        raise Error(
            f"latency takes low, high or a number of seconds from 0 to {MAX_LATENCY_S:g}, "
            f"not {str(latency)!r}"
        )
    return latency
