"""A track of the study: an excerpt, equalized in 17 steps, each a file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ....plugin_core import Effect
from ..ratings import FACTORS
from ..recordings import SAMPLE_RATE_HZ
from ..resonances import Audio
from .excerpt import soften_ends
from .flac import write_sound
from .loudness import MAX_PEAK, aligning_gain_db, loudness_lufs
from .study import StudyTrack

EFFECT = "resonance-eq"
AUDIO = "audio"  # the folder, in that of the study


def effect_sha256() -> str:
    """The graph that renders; another one makes another study."""
    return Effect(EFFECT).contract.parity.graph_sha256


@dataclass(frozen=True)
class Excerpt:
    """A place in a recording: `audio` [channels, samples] from `start_s` on."""

    recording: str
    recording_sha256: str
    start_s: float
    audio: Audio


def render_track(
    excerpt: Excerpt, id_: str, folder: Path, target_lufs: float, bits: int
) -> StudyTrack:
    """Align an excerpt to a loudness, and write its 17 steps to `folder`.

    The first step is the excerpt itself, untouched. Raise tonecast.Error where they cannot be
    written.
    """
    softened = soften_ends(excerpt.audio, SAMPLE_RATE_HZ)
    gain_db = aligning_gain_db(softened, SAMPLE_RATE_HZ, target_lufs)
    aligned = np.asarray(excerpt.audio * 10 ** (gain_db / 20), np.float32)
    effect = Effect(EFFECT)
    sounds = []
    untouched_lufs = 0.0
    for step, factor in enumerate(FACTORS):
        audio = aligned
        if step > 0:
            effect.attenuation = float(factor)
            audio = effect.process_planar(aligned, SAMPLE_RATE_HZ)
        audio = soften_ends(audio, SAMPLE_RATE_HZ)
        measured_lufs = loudness_lufs(audio, SAMPLE_RATE_HZ)
        if step == 0:
            untouched_lufs = measured_lufs
        room_db = 20 * np.log10(MAX_PEAK / max(float(np.abs(audio).max()), 1e-9))
        match_db = min(untouched_lufs - measured_lufs, room_db)
        file = f"{AUDIO}/{id_}-{step:02d}.flac"
        sounds.append(write_sound(audio, folder, file, bits, match_db))
    return StudyTrack(
        id_,
        excerpt.recording,
        excerpt.recording_sha256,
        round(excerpt.start_s, 4),
        round(gain_db, 3),
        round(untouched_lufs, 2),
        tuple(sounds),
    )
