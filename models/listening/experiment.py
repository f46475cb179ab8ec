"""The simulated listening experiment: tracks, 17 renderings of each, their perceived distances.

Everything is determined by seeds. Each track's result is written to a folder at once, so a stopped
experiment resumes. The assumptions of the simulation, and its limits:

- A listener knows how the material should sound: the measure is the distance to the clean version
  (see `hearing`). People in a real test have only their expectation.
- Hearing is energy in auditory bands and frames: no temporal masking, no pitch, no taste.
- The task is hard by construction: partials are spectral peaks, as resonances are. Peaks that were
  added call for attenuation, those of the sound itself for none, and within half a second the two
  look alike.
- Tracks are 6 s (the paper's: 46 s on average), rated as a whole, as in the paper.
- Raters (see `raters`) differ in annoyance, bias, noise and refusals. They hear the renderings
  only, and do not know the added resonances, the descriptors or the networks to be trained.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ...plugin_core import Effect
from ...plugin_core.errors import Error
from .array_cache import cached_array
from .hearing import Listener
from .ratings import FACTORS
from .recordings import SAMPLE_RATE_HZ, Recording
from .tracks import SECONDS, Track

EFFECT = "resonance-eq"
Hearings = NDArray[np.float64]  # [2, 17]: excess and loss, dB², at each factor


def listen(
    track: Track, recording: Recording, seconds: float = SECONDS, form: str = EFFECT
) -> Hearings:
    """Render a track at all factors and compare with its clean version: [2, 17], dB².

    `form` is the effect that renders.
    """
    clean, resonant = track.make(recording, seconds)
    if np.array_equal(clean[0], clean[1]):  # mono: one channel sounds like both, at half the cost
        clean, resonant = clean[:1], resonant[:1]
    listener = Listener(clean, SAMPLE_RATE_HZ)
    effect = Effect(form)
    heard = []
    for factor in FACTORS:
        effect.attenuation = float(factor)
        compared = listener.compare(effect.process_planar(resonant, SAMPLE_RATE_HZ))
        heard.append((compared.excess, compared.loss))
    return np.array(heard).T


def listen_to_all(
    tracks: Sequence[Track],
    recordings: Sequence[Recording],
    folder: Path,
    seconds: float = SECONDS,
    form: str = EFFECT,
) -> Iterator[tuple[Track, Hearings]]:
    """Yield each track with its result [2, 17], from `folder` where it has been written already.

    Raise tonecast.Error if a track's recording is missing or `folder` cannot be written.
    """
    by_name = {recording.name: recording for recording in recordings}
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Error(f"{folder}: cannot be made: {error.strerror}") from None
    for track in tracks:
        if track.recording not in by_name:
            raise Error(f"{track.name}: its recording {track.recording!r} is not there")
        recording = by_name[track.recording]
        path = folder / f"{track.name}-{track.seed}.npy"
        yield track, cached_array(path, partial(listen, track, recording, seconds, form))
