"""What predictors learn from: windows of tracks, as the network sees them, and what was chosen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.signal import resample_poly
from torch import Tensor

from ...listening.array_cache import cached_array
from ...listening.ratings import Interval
from ...listening.recordings import SAMPLE_RATE_HZ, Recording
from ...listening.resonances import Audio
from ...listening.tracks import SECONDS, Track
from ..predictor import Predictor

WINDOWS_PER_TRACK = 31  # every sixth of a second or so


@dataclass(frozen=True)
class Examples:
    """Tracks in order: features [tracks, windows, …], intervals [tracks], recordings."""

    features: Tensor
    low: Tensor
    high: Tensor
    recordings: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.recordings)

    def select(self, indices: Sequence[int] | NDArray[np.int64]) -> Examples:
        """Return some tracks of these."""
        chosen = torch.as_tensor(np.asarray(indices), dtype=torch.int64)
        recordings = tuple(self.recordings[int(i)] for i in indices)
        return Examples(self.features[chosen], self.low[chosen], self.high[chosen], recordings)


def windows(resonant: Audio, predictor: Predictor, count: int = WINDOWS_PER_TRACK) -> Tensor:
    """`count` evenly spaced windows [count, 2, window_samples] at the predictor's rate."""
    audio = resampled(resonant, predictor.sample_rate_hz)
    starts = np.linspace(0, audio.shape[1] - predictor.window_samples, count).astype(int)
    cut = [audio[:, start : start + predictor.window_samples] for start in starts]
    return torch.from_numpy(np.stack(cut))


def resampled(audio: Audio, sample_rate_hz: int) -> Audio:
    """`audio` [channels, samples] from SAMPLE_RATE_HZ to the predictor's rate."""
    common = int(np.gcd(sample_rate_hz, SAMPLE_RATE_HZ))
    up, down = sample_rate_hz // common, SAMPLE_RATE_HZ // common
    return np.asarray(resample_poly(audio, up, down, axis=1) if up != down else audio, np.float32)


def track_features(
    track: Track, recording: Recording, predictor: Predictor, folder: Path, seconds: float = SECONDS
) -> Tensor:
    """Features [windows, …] of a track, kept in `folder`. Raise tonecast.Error."""

    def look() -> NDArray[np.float32]:
        _, resonant = track.make(recording, seconds)
        with torch.no_grad():
            features = predictor.eval().features(windows(resonant, predictor))
        return np.asarray(features.numpy(), np.float32)

    return torch.from_numpy(cached_array(folder / f"{track.name}-{track.seed}.npy", look))


def examples(
    tracks: Sequence[Track],
    features: Sequence[Tensor],
    intervals: dict[str, Interval],
) -> Examples:
    """Put features and ratings of tracks together."""
    chosen = [intervals[track.name] for track in tracks]
    return Examples(
        torch.stack(list(features)),
        torch.tensor([interval.low for interval in chosen], dtype=torch.float32),
        torch.tensor([interval.high for interval in chosen], dtype=torch.float32),
        tuple(track.recording for track in tracks),
    )
