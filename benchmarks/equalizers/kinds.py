"""Notes, chords, voice, music and noise: what an equalizer has to be good at, to learn and to test.

Recordings of the test are not learned from: other pitches, other files, of the one voice another
part, other noise.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch

from ...models.data.batch import Batch
from ...models.data.chord import with_chords
from ...models.data.frames import Frames
from ...models.data.note import Note, is_silent, load
from ...models.data.readers import read_notes, read_salamander
from ...models.data.split import split
from ...models.targets import Target
from ..quality.material import AUDIO

NOTE_S, MUSIC_S, VOICE_S, NOISE_S = 2.0, 10.0, 20.0, 10.0
VELOCITIES = ("_v08", "_v16")
VOICE = "vocals_vocadito"
TESTED_MUSIC = ("hungarian_dance", "lofi_lobby", "raylib_country", "stems_mdn_drums", "sugar_plum")
VOICE_GAP_S = 0.5
COLOURS = {"white noise": 0.0, "pink noise": 0.5}  # exponents of 1/f
LOWEST_HZ = 20.0
NOISE_RMS_DB = -20.0
LEVELS_DB = (0.0, -12.0, -24.0)

Kinds = Mapping[str, Sequence[Note]]


@dataclass(frozen=True)
class Sounds:
    """Notes of each kind to learn from, to validate on and to test with."""

    training: Kinds
    validation: Kinds
    test: Kinds


def find_sounds(rate_hz: int, target: Target) -> Sounds:
    """The recordings beside the repository, and noise, through the target."""
    notes = split(_notes(rate_hz))
    music = _music(rate_hz)
    sides = {
        "training": (notes.training, [one for one in music if one.name not in TESTED_MUSIC]),
        "validation": (notes.validation, [one for one in music if one.name not in TESTED_MUSIC]),
        "test": (notes.test, [one for one in music if one.name in TESTED_MUSIC]),
    }
    found = {}
    for seed, (side, (single, pieces)) in enumerate(sides.items()):
        kinds = {
            "notes": single,
            "chords": with_chords(single, seed)[len(single) :],
            "voice": _voice(rate_hz, side),
            "music": [_part(one, side) for one in pieces],
            **_noise(rate_hz, seed),
        }
        found[side] = {
            kind: [replace(one, wet=target.rendered(one.dry, rate_hz, True)) for one in some]
            for kind, some in kinds.items()
        }
    return Sounds(**found)


class EqualKinds(Frames):
    """Frames of several kinds of sound, each drawn as often as any other, at every level.

    Only what is linear may be made louder or quieter with its wet sound.
    """

    def __init__(self, kinds: Kinds, frame_size: int, hop_size: int) -> None:
        super().__init__([one for some in kinds.values() for one in some], frame_size, hop_size)
        chance = self.cumulative.diff(prepend=self.cumulative.new_zeros(1))
        counts = [_frames(some, frame_size, hop_size) for some in kinds.values()]
        equal = torch.cat([some / some.sum() for some in torch.split(chance, counts)])
        self.cumulative = (equal / len(kinds)).cumsum(0)

    def draw(self, count: int, generator: torch.Generator) -> Batch:
        """`count` frames, windowed: dry and wet [count, frame_size]."""
        dry, wet, *_ = super().draw(count, generator)
        chosen = torch.randint(len(LEVELS_DB), (count, 1), generator=generator)
        gain = 10 ** (torch.tensor(LEVELS_DB)[chosen] / 20)
        return Batch(dry * gain, wet * gain)


def _frames(notes: Sequence[Note], frame_size: int, hop_size: int) -> int:
    """How many frames `Frames` cuts: it pads each note by a frame less a hop at both ends."""
    return sum((len(one.dry) + frame_size - 2 * hop_size) // hop_size + 1 for one in notes)


def _notes(rate_hz: int) -> list[Note]:
    piano = [one for one in read_salamander(AUDIO / "piano") if one.dry.stem[-4:] in VELOCITIES]
    strings = [one for folder in ("guitar", "bass") for one in read_notes(AUDIO / folder)]
    single = [one for one in strings if not one.dry.stem.startswith("phrase")]
    loaded = [load(one, rate_hz, NOTE_S) for one in (*piano, *single)]
    return [one for one in loaded if not is_silent(one)]


def _music(rate_hz: int) -> list[Note]:
    sources = [one for one in read_notes(AUDIO / "music") if one.dry.stem != VOICE]
    return [replace(load(one, rate_hz, MUSIC_S), pitch=None) for one in sources]


def _part(music: Note, side: str) -> Note:
    """Of what is learned from, the last quarter is for validation; what is tested is whole."""
    if side == "test":
        return music
    cut = 3 * len(music.dry) // 4
    return replace(music, dry=music.dry[:cut] if side == "training" else music.dry[cut:])


def _voice(rate_hz: int, side: str) -> list[Note]:
    source = next(one for one in read_notes(AUDIO / "music") if one.dry.stem == VOICE)
    voice = load(source, rate_hz, VOICE_S)
    share = {"training": (0.0, 0.6), "validation": (0.6, 0.7), "test": (0.7, 1.0)}[side]
    begin, end = (round(part * len(voice.dry)) for part in share)
    return [replace(voice, dry=voice.dry[begin : end - round(VOICE_GAP_S * rate_hz)], pitch=None)]


def _noise(rate_hz: int, seed: int) -> dict[str, list[Note]]:
    """Noise of each colour at one level."""
    random, sounds = np.random.default_rng(seed), {}
    for name, exponent in COLOURS.items():
        samples = round(NOISE_S * rate_hz)
        spectrum = np.fft.rfft(random.standard_normal(samples))
        frequency_hz = np.maximum(np.fft.rfftfreq(samples, 1 / rate_hz), LOWEST_HZ)
        noise = np.fft.irfft(spectrum * frequency_hz**-exponent, samples)
        noise *= 10 ** (NOISE_RMS_DB / 20) / noise.std()
        dry = np.clip(noise, -1, 1).astype(np.float32)
        sounds[name] = [Note(name, name, "", None, dry)]
    return sounds
