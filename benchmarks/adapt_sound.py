"""Whether following a predictor brings sound nearer to its clean version."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from ..models.listening.experiment import EFFECT, Hearings
from ..models.listening.hearing import Listener
from ..models.listening.ratings import FACTORS
from ..models.listening.recordings import SAMPLE_RATE_HZ, Recording
from ..models.listening.resonances import Audio
from ..models.listening.tracks import Track
from ..models.predictors.predictor import USUAL_FACTOR, WINDOW_S, Predictor
from ..models.predictors.training.examples import resampled
from ..plugin_core import Effect

PERIOD_S = 0.25


@dataclass(frozen=True)
class Followed:
    """A predictor on one track: its curve, and the distance to the clean version that it leaves."""

    predictor: str
    factors: NDArray[np.float64]
    distance_db: float


@dataclass(frozen=True)
class Outcome:
    """A held-out track: distances at the 17 fixed factors, and with each predictor."""

    track: Track
    fixed_db: NDArray[np.float64]
    followed: tuple[Followed, ...]

    @property
    def untouched_db(self) -> float:
        """Distance without the effect."""
        return float(self.fixed_db[0])

    @property
    def best_db(self) -> float:
        """Distance at this track's own best factor."""
        return float(self.fixed_db.min())


def follow(
    predictors: dict[str, Predictor],
    tracks: Sequence[Track],
    recordings: dict[str, Recording],
    heard: dict[str, Hearings],
    seconds: float,
) -> Iterator[Outcome]:
    """Play each track with each predictor moving the attenuation."""
    for track in tracks:
        clean, resonant = track.make(recordings[track.recording], seconds)
        listener = Listener(clean, SAMPLE_RATE_HZ)
        followed = []
        for name, predictor in predictors.items():
            factors = curve(predictor, resonant)
            played = play(resonant, factors)
            followed.append(Followed(name, factors, listener.compare(played).distance_db))
        yield Outcome(track, np.sqrt(heard[track.name].sum(axis=0)), tuple(followed))


@torch.no_grad()
def curve(predictor: Predictor, audio: Audio) -> NDArray[np.float64]:
    """Factor [periods] in force in each period of `audio`: predicted from what ended a period ago.

    Before half a second is there, it is what listeners chose most.
    """
    periods = -(-audio.shape[1] // round(PERIOD_S * SAMPLE_RATE_HZ))
    window, rate_hz = predictor.window_samples, predictor.sample_rate_hz
    sound = resampled(audio, rate_hz)
    factors = np.full(periods, USUAL_FACTOR)
    first = round(WINDOW_S / PERIOD_S) + 1  # the window has ended, and a period has passed
    ends = [round((k - 1) * PERIOD_S * rate_hz) for k in range(first, periods)]
    if ends:
        windows = np.stack([sound[:, end - window : end] for end in ends])
        factors[first:] = predictor.eval()(torch.from_numpy(windows)).numpy()
    return factors


def play(audio: Audio, factors: NDArray[np.float64]) -> Audio:
    """`audio` [2, samples] through the effect, with another attenuation in each period."""
    period = round(PERIOD_S * SAMPLE_RATE_HZ)
    effect = Effect(EFFECT, attenuation=float(factors[0]))
    with effect.stream(SAMPLE_RATE_HZ, max_block=period, channels=2) as stream:
        out = []
        for k, factor in enumerate(factors):
            stream.attenuation = float(factor)
            out.append(
                stream.process(np.ascontiguousarray(audio[:, k * period : (k + 1) * period]))
            )
        out.append(stream.flush())
        latency = stream.latency_samples
    return np.concatenate(out, axis=1)[:, latency : latency + audio.shape[1]]


def best_fixed(outcomes: Sequence[Outcome]) -> tuple[float, float]:
    """The single factor with the lowest mean distance over all of `outcomes`, and that distance."""
    mean_db = np.mean([outcome.fixed_db for outcome in outcomes], axis=0)
    return float(FACTORS[mean_db.argmin()]), float(mean_db.min())
