"""The simulated listening experiment: tracks, 17 renderings of each, what a listener hears.

Everything follows from seeds. Each track's result is kept in a folder as soon as it is there, so
the experiment can be stopped at any time and goes on where it was. What is assumed, and what is
not claimed:

- A listener knows how the material should sound: the measure is the distance to the clean version
  (see `hearing`). People in a real test have only their expectation.
- Hearing is energy in auditory bands and frames: nothing of masking over time, of pitch, or taste.
- What is asked is hard by construction: partials are peaks as well as resonances are. Peaks that
  were added speak for attenuation, those of the sound itself against it, and in half a second the
  two look alike.
- Tracks are 6 s (the paper's: 46 s on average), rated as a whole, as in the paper.
- Raters (see `raters`) differ in what annoys them, in bias, noise and refusals. They hear the same
  renderings that any listener would, and know nothing of the resonances that were added, nor of
  the descriptors or networks that will be trained.
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


def listen(track: Track, recording: Recording, seconds: float = SECONDS) -> Hearings:
    """Render a track at all factors and compare each with its clean version."""
    clean, resonant = track.make(recording, seconds)
    if np.array_equal(clean[0], clean[1]):  # mono: one channel sounds like both, at half the cost
        clean, resonant = clean[:1], resonant[:1]
    listener = Listener(clean, SAMPLE_RATE_HZ)
    effect = Effect(EFFECT)
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
) -> Iterator[tuple[Track, Hearings]]:
    """Yield what is heard of each track, from `folder` where it is there already.

    Raise tonecast.Error if a track's recording is missing or nothing can be kept.
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
        yield track, cached_array(path, partial(listen, track, recording, seconds))
