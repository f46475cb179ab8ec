"""`tonecast live` and `tonecast devices`: effects on an audio device."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.live import Live

from ..audio_files.files import AudioSink, check_format, whole_file
from ..effect_files.contract import Control
from ..effect_files.loading import Device
from ..effects.automation import AUTO
from ..effects.effect import Effect
from ..errors import Error
from ..live.audio_devices import audio_devices
from ..live.session import LiveEffect, LiveSession
from .keys import key_presses
from .live_view import NO_PRIORITY, view
from .options import compute_option
from .process import parse_settings
from .tables import print_table

REFRESH_S = 0.05
RECORDING_BITS = 24
STEPS = 50  # from one end of a control to the other


@click.command()
def devices() -> None:
    """List the audio devices, with their preferred rates and latencies."""
    rows = [
        (
            str(device.index),
            device.name,
            device.driver,
            str(device.input_channels),
            str(device.output_channels),
            f"{device.sample_rate_hz:.0f} Hz",
            f"{device.input_latency_ms:.1f} + {device.output_latency_ms:.1f} ms",
        )
        for device in audio_devices()
    ]
    if not rows:
        raise Error("there is no audio device; connect one, or start a JACK server")
    print_table(("number", "name", "driver", "in", "out", "rate", "latency in + out"), rows)


@click.command()
@click.argument("effects", nargs=-1, metavar="[EFFECT]...")
@click.option("--device", "-d", help="Number or part of a name, for input and output.")
@click.option("--input", "input_device", help="Another device for the input.")
@click.option("--output", "output_device", help="Another device for the output.")
@click.option("--samplerate", "-r", type=int, help="In Hz; the device's own if not given.")
@click.option("--blocksize", "-b", type=click.IntRange(0, 8192), default=0, help="In samples.")
@click.option("--channels", "-c", type=click.IntRange(1, 8), default=2, show_default=True)
@click.option("--latency", default="low", show_default=True, help="low, high or seconds.")
@click.option("--set", "-s", "settings", multiple=True, metavar="CONTROL=VALUE", help="A control.")
@compute_option
@click.option("--inline", is_flag=True, help="Run the model in the callback: one hop sooner.")
@click.option("--seconds", type=click.FloatRange(min=0), help="Stop after this time.")
@click.option("--record", type=click.Path(path_type=Path), help="Write the output to a file.")
def live(
    effects: tuple[str, ...],
    device: str | None,
    input_device: str | None,
    output_device: str | None,
    samplerate: int | None,
    blocksize: int,
    channels: int,
    latency: str,
    settings: tuple[str, ...],
    compute: Device,
    inline: bool,
    seconds: float | None,
    record: Path | None,
) -> None:
    """Play an effect on live sound, from an audio device's input to its output.

    Of several EFFECTs one plays at a time: n crossfades to the next. Ends with q, Ctrl-C or after
    --seconds, and prints a report as JSON.
    """
    if record is not None:
        check_format(record, None)
    names = effects or ("resonance-eq",)
    try:
        controls: dict[str, Any] = {**parse_settings(settings)}
        playlist = [Effect(name, device=compute, **controls) for name in names]
    except (TypeError, ValueError) as error:
        raise Error(str(error)) from None
    session = LiveSession(
        playlist[0],
        device=(_device(input_device or device), _device(output_device or device)),
        sample_rate=samplerate,
        block_size=blocksize,
        channels=channels,
        latency=_latency(latency),
        worker=False if inline else None,
        record=record is not None,
    )
    if session.may_feed_back:
        click.echo(
            "tonecast: microphone and loudspeakers look like those of one laptop and may feed "
            "back; use headphones (the sound fades in over three seconds)",
            err=True,
        )
    for note in {effect.bandwidth_note(session.sample_rate_hz): None for effect in playlist}:
        if note:
            click.echo(f"tonecast: {note}", err=True)
    with _recording(session, record) as sink:
        _run(session, playlist, seconds, sink)
    click.echo(json.dumps(asdict(session.report())))


def _run(
    session: LiveSession, playlist: list[Effect], seconds: float | None, sink: AudioSink | None
) -> None:
    """Play until the user or `seconds` end it. Raise tonecast.Error if the device goes away."""
    console = Console(stderr=True)
    with ExitStack() as stack:
        if sink is not None:
            stack.callback(lambda: sink.write(session.read_recording().T))
        stack.enter_context(suppress(KeyboardInterrupt))  # the usual way to end
        read_key = stack.enter_context(key_presses())
        screen = None
        if console.is_terminal:
            screen = stack.enter_context(Live(console=console, auto_refresh=False, transient=True))
        stack.enter_context(session)
        if screen is None:
            click.echo(f"tonecast: {session.effect.name} plays on {session.output.name}", err=True)
        reported = session.fallback_reasons  # as warnings
        keys = KeyBindings(session, playlist)
        end_s = time.monotonic() + (seconds if seconds is not None else float("inf"))
        while time.monotonic() < end_s and not keys.done:
            time.sleep(REFRESH_S)
            session.check()
            keys.press(read_key())
            if sink is not None:
                sink.write(session.read_recording().T)
            if screen is not None:
                panel = view(session, session.report(), keys.parameter, keys.note)
                screen.update(panel, refresh=True)
        if screen is None and session.effect.missing_realtime_priority:
            click.echo(f"tonecast: {NO_PRIORITY}", err=True)
        for reason in session.fallback_reasons:
            if reason not in reported:
                click.echo(f"tonecast: {reason}", err=True)


class KeyBindings:
    """What the keys do to a session."""

    def __init__(self, session: LiveSession, playlist: list[Effect]) -> None:
        self.done = False
        self.note = ""
        self._session = session
        self._playlist = playlist
        self._playing = 0
        self._chosen = 0

    @property
    def parameter(self) -> Control:
        """The control that the up and down keys change."""
        parameters = list(self._session.effect.parameters.values())
        return parameters[self._chosen % len(parameters)]

    def press(self, key: str) -> None:
        """Carry out a key's command; "" and unknown keys do nothing."""
        effect = self._session.effect
        if key:
            self.note = ""
        if key == "q":
            self.done = True
        elif key == "b":
            effect.bypass = not effect.bypass
        elif key == "n":
            self._playing = (self._playing + 1) % len(self._playlist)
            self._session.swap(self._playlist[self._playing])
        elif key in ("left", "right"):
            self._chosen += 1 if key == "right" else -1
        elif key in ("up", "down"):
            effect.step(self.parameter.name, (1 if key == "up" else -1) / STEPS)
        elif key == "a":
            self._toggle_automatic(effect)

    def _toggle_automatic(self, effect: LiveEffect) -> None:
        """Make the chosen control automatic, or manual at its present value."""
        name = self.parameter.name
        try:
            setattr(effect, name, effect.position(name) if name in effect.automatic else AUTO)
        except ValueError as error:
            self.note = str(error)


@contextmanager
def _recording(session: LiveSession, path: Path | None) -> Iterator[AudioSink | None]:
    if path is None:
        yield None
        return
    with whole_file(path, session.sample_rate_hz, session.channels, RECORDING_BITS) as sink:
        yield sink


def _device(text: str | None) -> int | str | None:
    return int(text) if text is not None and text.isdigit() else text


def _latency(text: str) -> str | float:
    if text in ("low", "high"):
        return text
    try:
        return float(text)
    except ValueError:
        raise Error(f"--latency takes low, high or a number of seconds, not {text!r}") from None
