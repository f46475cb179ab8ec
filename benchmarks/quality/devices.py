"""Devices that captures are measured on: recorded ones, captures by others, and simulated ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from pedalboard import (
    Compressor,
    Distortion,
    Gain,
    HighpassFilter,
    LowpassFilter,
    LowShelfFilter,
    PeakFilter,
    Plugin,
)
from scipy.signal import resample_poly

from ...plugin_core import Effect
from ...plugin_core.audio_files.files import open_audio, whole_file
from ...plugin_core.samples import Samples
from .material import AUDIO

RATE_HZ = 48_000
CAPTURES = AUDIO.parent / "captures"
LEARNED_FROM = ("emily_*", "phrase_cycfi_*", "shiny_*")
UNHEARD = ("phrase_gulmini_*",)

Box = Callable[[Samples], Samples]


@dataclass(frozen=True)
class Device:
    """A device, where it is from, and how many minutes it is learned for.

    Its pair of recordings has the prefix `stem`, or `box` makes the wet sound of guitars, of which
    others are kept for a test.
    """

    description: str
    credit: str
    minutes: float
    stem: str = ""
    box: Box | None = None

    def files(self, folder: Path) -> tuple[Path, Path]:
        """Dry and wet file; those of a box are rendered into `folder`."""
        if self.box is None:
            pairs = AUDIO / "pairs"
            return pairs / f"{self.stem}__dry.flac", pairs / f"{self.stem}__processed.flac"
        dry = guitars(LEARNED_FROM)
        paths = folder / "dry.wav", folder / "wet.wav"
        for path, sound in zip(paths, (dry, self.box(dry)), strict=True):
            with whole_file(path, RATE_HZ, 1, 32) as sink:
                sink.write(sound[np.newaxis])
        return paths


def guitars(patterns: Sequence[str]) -> Samples:
    """Recordings of guitars one after the other, [samples] at 48 kHz."""
    sounds = []
    for pattern in patterns:
        for path in sorted((AUDIO / "guitar").glob(f"{pattern}.flac")):
            with open_audio(path) as file:
                sound, rate_hz = file.read(file.frames)[0], round(file.samplerate)
            sounds.append(resample_poly(sound, RATE_HZ, rate_hz).astype(np.float32))
    return np.concatenate(sounds)


def _capture(name: str) -> Box:
    def play(dry: Samples) -> Samples:
        return Effect(CAPTURES / name)(dry, RATE_HZ)

    return play


def _chain(*plugins: Plugin) -> Box:
    def play(dry: Samples) -> Samples:
        sound = dry
        for plugin in plugins:
            sound = plugin(sound, RATE_HZ)
        return sound

    return play


GUITARS = (
    "Guitars: Karoryfer's emilyguitar and shinyguitar, CC0-1.0; cycfi/q, BSL-1.0; "
    "nicolagulmini/plugins, MIT."
)
SIMULATED = f"Simulated with pedalboard. {GUITARS}"

DEVICES = {
    "overdrive-pedal": Device(
        "Behringer OD300, an analog overdrive pedal, both controls at half, 5 s",
        "RiccardoVib/Comparative_pages, CC-BY-SA-4.0.",
        1.5,
        "od300_0.5_0.5",
    ),
    "optical-compressor": Device(
        "TubeTech CL 1B, an optical tube compressor, 20 s of music",
        "RiccardoVib/Hybrid-Neural-Audio-Effects_pages, CC-BY-SA-4.0.",
        2.0,
        "cl1b_hybrid_20s",
    ),
    "amplifier-a1": Device(
        "wavenet_a1_standard.nam as the box: a WaveNet with tanh, 137 s of guitar",
        GUITARS,
        5.0,
        box=_capture("wavenet_a1_standard.nam"),
    ),
    "amplifier-a2": Device(
        "A2.nam as the box, 137 s of guitar", GUITARS, 5.0, box=_capture("A2.nam")
    ),
    "pedalboard-chain": Device(
        "Simulated: highpass, compressor, distortion of 20 dB and lowpass, 137 s of guitar",
        SIMULATED,
        3.0,
        box=_chain(
            HighpassFilter(200),
            Compressor(-30, 4, 5, 100),
            Distortion(20),
            LowpassFilter(3000),
            Gain(-6),
        ),
    ),
    "low-shelf": Device(
        "Simulated: low shelf, 10 dB below 500 Hz",
        SIMULATED,
        1.0,
        box=_chain(LowShelfFilter(500, 10)),
    ),
    "peak": Device(
        "Simulated: peak, 10 dB at 500 Hz", SIMULATED, 1.0, box=_chain(PeakFilter(500, 10))
    ),
    "lowpass": Device("Simulated: lowpass, 1 kHz", SIMULATED, 1.0, box=_chain(LowpassFilter(1000))),
    "highpass": Device(
        "Simulated: highpass, 500 Hz", SIMULATED, 1.0, box=_chain(HighpassFilter(500))
    ),
}
