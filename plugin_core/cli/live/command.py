"""`tonecast live` and `tonecast devices`: effects on an audio device."""

from __future__ import annotations

import errno
import json
import math
import time
from contextlib import closing, nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from ...effect_files.contract import Control
from ...effect_files.loading import Device
from ...effects.automation import AUTO
from ...effects.chain import Stereo
from ...effects.effect import Effect
from ...effects.levels import CEILING_DB, MAX_CEILING_DB, MIN_CEILING_DB, louder_text
from ...errors import Error
from ...live.audio_devices import audio_devices
from ...live.device_stream import checked_latency
from ...live.session import LiveEffect, LiveSession
from ...live.take import Take, check_take_format
from ..messages import say
from ..options import (
    Seconds,
    cabinet_option,
    compute_option,
    oversampling_option,
    stereo_option,
)
from ..process.command import parse_settings
from ..tables import print_table
from ..words import complete_device, complete_effect, complete_setting
from .end_signals import EndSignals
from .keys import key_presses
from .screen import LiveScreen
from .view import NO_PRIORITY, view
from .watch import DeviceWatch, TakeWatch

REFRESH_S = 0.05
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
@click.argument("effects", nargs=-1, metavar="[EFFECT]...", shell_complete=complete_effect)
@click.option("--device", "-d", help="Number or part of a name, for input and output.",
              shell_complete=complete_device)  # fmt: skip
@click.option("--input", "input_device", help="Another device for the input.",
              shell_complete=complete_device)  # fmt: skip
@click.option("--output", "output_device", help="Another device for the output.",
              shell_complete=complete_device)  # fmt: skip
@click.option("--samplerate", "-r", type=int, help="In Hz; the device's own if not given.")
@click.option("--blocksize", "-b", type=click.IntRange(0, 8192), default=0, help="In samples.")
@click.option("--channels", "-c", type=click.IntRange(1, 8), default=2, show_default=True)
@click.option("--sidechain", is_flag=True,
              help="Let effects listen to the inputs behind those of the sound.")  # fmt: skip
@click.option("--latency", default="low", show_default=True, help="low, high or seconds.")
@click.option("--set", "-s", "settings", multiple=True, metavar="CONTROL=VALUE", help="A control.",
              shell_complete=complete_setting)  # fmt: skip
@compute_option
@oversampling_option
@cabinet_option
@stereo_option
@click.option("--inline", is_flag=True, help="Run the model in the callback: one hop sooner.")
@click.option("--ceiling-db", type=click.FloatRange(MIN_CEILING_DB, MAX_CEILING_DB),
              default=CEILING_DB, show_default=True,
              help="No sample is louder, in dBFS.")  # fmt: skip
@click.option("--no-limiter", is_flag=True, help="Let everything out, however loud.")
@click.option("--seconds", type=Seconds(), help="Stop after this time.")
@click.option("--record", type=click.Path(path_type=Path), metavar="TAKE.wav",
              help="Write the output to a file; a name that is taken gets a number.")  # fmt: skip
@click.option("--give-up-after", "give_up_after_s", type=Seconds(), metavar="SECONDS",
              help="End if a device that went away is gone for so long.")  # fmt: skip
def live(
    effects: tuple[str, ...],
    device: str | None,
    input_device: str | None,
    output_device: str | None,
    samplerate: int | None,
    blocksize: int,
    channels: int,
    sidechain: bool,
    latency: str,
    settings: tuple[str, ...],
    compute: Device,
    oversampling: str,
    cabinet: Path | None,
    stereo: Stereo,
    inline: bool,
    ceiling_db: float,
    no_limiter: bool,
    seconds: float | None,
    record: Path | None,
    give_up_after_s: float | None,
) -> None:
    """Play an effect on live sound, from an audio device's input to its output.

    Of several EFFECTs one plays at a time: n crossfades to the next. Ends with q, Ctrl-C or after
    --seconds, and prints a report as JSON. A third Ctrl-C ends it at once.

    A device that goes away is waited for. A take (.wav, .flac, .mp3) can be played whatever ends
    the program, and is silent while the device is gone.
    """
    latency_s = _latency(latency)
    if record is not None:
        check_take_format(record)
    names = effects or ("resonance-eq",)
    try:
        controls: dict[str, Any] = {**parse_settings(settings)}
        how: dict[str, Any] = {"device": compute, "oversampling": int(oversampling)}
        how |= {"cabinet": cabinet, "stereo": stereo}
        playlist = [Effect(name, **how, **controls) for name in names]
    except (TypeError, ValueError) as error:
        raise Error(str(error)) from None
    session = LiveSession(
        playlist[0],
        device=(_device(input_device, device), _device(output_device, device)),
        sample_rate=samplerate,
        block_size=blocksize,
        channels=channels,
        sidechain=sidechain,
        latency=latency_s,
        worker=False if inline else None,
        limiter=not no_limiter,
        ceiling_db=ceiling_db,
        record=record is not None,
    )
    if session.may_feed_back:
        say(
            "microphone and loudspeakers look like those of one laptop and may feed back; use "
            "headphones (the sound fades in over three seconds)"
        )
    for note in {effect.bandwidth_note(session.sample_rate_hz): None for effect in playlist}:
        if note:
            say(note)
    signals = EndSignals()
    take = None
    if record is not None:
        take = Take(record, session.sample_rate_hz, session.channels, session.read_recording)
    try:
        _run(session, playlist, seconds, take, give_up_after_s, signals)
    finally:
        _print_report(session, take)
    signals.exit_if_told()


def _print_report(session: LiveSession, take: Take | None) -> None:
    report = asdict(session.report())
    if take is not None:
        report["take"] = str(take.path)
    try:
        click.echo(json.dumps(report))
    except OSError as error:
        if error.errno != errno.EIO:  # the terminal is gone, and nobody reads it
            raise Error(f"the report cannot be printed: {error.strerror}") from None


def _run(
    session: LiveSession,
    playlist: list[Effect],
    seconds: float | None,
    take: Take | None,
    give_up_after_s: float | None,
    signals: EndSignals,
) -> None:
    """Play until the user or `seconds` end it. Raise tonecast.Error if the device stays away."""
    keys = KeyBindings(session, playlist)
    reported = session.fallback_reasons  # as warnings
    screen = LiveScreen()
    device_watch = DeviceWatch(session, take, screen.say, give_up_after_s)
    take_watch = TakeWatch(session, take, screen.say)
    try:
        with closing(take) if take else nullcontext(), screen, key_presses() as read_key, session:
            to = f", and is recorded to {take.path}" if take else ""
            screen.say(f"{session.effect.name} plays on {session.output.name}{to}")
            end_s = time.monotonic() + (math.inf if seconds is None else seconds)
            while time.monotonic() < end_s and not keys.done and signals.first is None:
                time.sleep(REFRESH_S)
                device_watch.update()
                take_watch.update()
                keys.press(read_key())
                if screen.has_panel:
                    notes = (device_watch.waits, take_watch.state, keys.note)
                    screen.show(view(session, session.report(), keys.parameter, notes))
    finally:
        take_watch.finish()
    if not screen.has_panel and session.effect.counters.held_frames:
        screen.say(louder_text(session.effect.contract))
    if not screen.has_panel and session.effect.missing_realtime_priority:
        screen.say(NO_PRIORITY)
    for reason in session.fallback_reasons:
        if reason not in reported:
            screen.say(reason)


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
            self._swap_to((self._playing + 1) % len(self._playlist))
        elif key in ("left", "right"):
            self._chosen += 1 if key == "right" else -1
        elif key in ("up", "down"):
            effect.step(self.parameter.name, (1 if key == "up" else -1) / STEPS)
        elif key == "a":
            self._toggle_automatic(effect)

    def _swap_to(self, number: int) -> None:
        """Play another effect of the list, unless it cannot be played here."""
        try:
            self._session.swap(self._playlist[number])
        except Error as error:
            self.note = str(error)
        self._playing = number

    def _toggle_automatic(self, effect: LiveEffect) -> None:
        """Make the chosen control automatic, or manual at its present value."""
        name = self.parameter.name
        try:
            setattr(effect, name, effect.position(name) if name in effect.automatic else AUTO)
        except ValueError as error:
            self.note = str(error)


def _device(wanted: str | None, otherwise: str | None) -> int | str | None:
    """What was asked for: a number or part of a name."""
    text = otherwise if wanted is None else wanted
    if text == "":
        raise Error("the name of a device is empty; 'tonecast devices' lists them")
    return int(text) if text is not None and text.isdecimal() else text


def _latency(text: str) -> str | float:
    try:
        return checked_latency(float(text))
    except ValueError:
        return checked_latency(text)
