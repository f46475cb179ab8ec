"""Training of the tone matcher's guess: what has been heard so far → the track's mean spectrum.

There are few recordings, so that each is heard in many ways: begun anywhere, coloured by a random
smooth equalizer, transposed along the bands, and mixed with another one.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields

import torch
from torch import Tensor

from .bands import N_BANDS
from .corpus import Track
from .tone_match import FRAMES_PER_SECOND, SpectrumGuess


@dataclass(frozen=True)
class Plan:
    """How it is trained."""

    excerpts: int = 800
    times: int = 24  # of each, spread evenly over the logarithm of time
    epochs: int = 10
    batch: int = 256  # of times
    learning_rate: float = 3e-3
    weight_decay: float = 1e-2
    shortest_s: float = 5.0
    mixed_share: float = 0.5
    colour_db: float = 4.0  # standard deviation
    colour_width_bands: float = 5.0
    transposed_bands: int = 2
    seed: int = 1


@dataclass(frozen=True)
class Heard:
    """What is known at some times of some tracks, and what their spectra come to.

    `average_db` and `final_db` are [n, bands, 1], `inputs` [n, 1, inputs, bands], `seconds` [n, 1,
    1].
    """

    average_db: Tensor
    inputs: Tensor
    seconds: Tensor
    final_db: Tensor

    def __getitem__(self, chosen: Tensor) -> Heard:
        return Heard(*(getattr(self, field.name)[chosen] for field in fields(self)))


def final_db(guess: SpectrumGuess, power: Tensor) -> Tensor:
    """Of a whole track's powers [batch, bands, frames] the mean spectrum, [batch, bands, 1]."""
    return guess.aligned(power.mean(dim=2, keepdim=True))


def reference_db(guess: SpectrumGuess, tracks: Sequence[Track]) -> Tensor:
    """The mean of tracks' spectra: [bands]. Sessions count alike, however many files they have."""
    sessions: dict[str, list[Tensor]] = {}
    for track in tracks:
        sessions.setdefault(track.session, []).append(final_db(guess, track.power[None])[0, :, 0])
    return torch.stack([torch.stack(one).mean(0) for one in sessions.values()]).mean(0)


def train(tracks: Sequence[Track], plan: Plan | None = None) -> SpectrumGuess:
    """A guess trained on `tracks`; the same on every run on one machine."""
    plan = plan or Plan()
    torch.manual_seed(plan.seed)
    rng = torch.Generator().manual_seed(plan.seed)
    guess = SpectrumGuess()
    guess.reference_db.copy_(reference_db(guess, tracks))
    heard = _heard(guess, tracks, plan, rng)
    count = len(heard.inputs)
    learned = [weight for weight in guess.parameters() if weight.requires_grad]
    optimizer = torch.optim.AdamW(learned, plan.learning_rate, weight_decay=plan.weight_decay)
    steps = plan.epochs * (count // plan.batch)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, plan.learning_rate, steps)
    for _ in range(plan.epochs):
        order = torch.randperm(count, generator=rng)
        for chosen in torch.split(order[: count // plan.batch * plan.batch], plan.batch):
            now = heard[chosen]
            guessed_db = guess.guess(now.average_db, now.inputs, now.seconds)
            loss = (guessed_db - now.final_db).square().mean()
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            schedule.step()
    return guess.eval()


def judged_frames(frames: int, times: int) -> Tensor:
    """Frames from the first to the last, spread evenly over the logarithm of time."""
    return torch.logspace(0, math.log10(frames), times).round().long().clamp(max=frames) - 1


def _heard(
    guess: SpectrumGuess, tracks: Sequence[Track], plan: Plan, rng: torch.Generator
) -> Heard:
    averages, inputs, seconds, finals = [], [], [], []
    with torch.no_grad():
        for _ in range(plan.excerpts):
            power = _drawn(tracks, plan, rng)
            average_db, hears, heard_s = guess.features(power)
            judged = judged_frames(power.shape[2], plan.times)
            averages.append(average_db[0, :, judged].T[..., None])
            inputs.append(hears[0, judged, None])
            seconds.append(heard_s[0, :, judged].T[..., None])
            finals.append(final_db(guess, power).expand(plan.times, -1, -1))
    return Heard(*(torch.cat(parts) for parts in (averages, inputs, seconds, finals)))


def _drawn(tracks: Sequence[Track], plan: Plan, rng: torch.Generator) -> Tensor:
    power = _excerpt(tracks, plan, rng)
    if float(torch.rand(1, generator=rng)) < plan.mixed_share:
        other = _excerpt(tracks, plan, rng)
        frames = min(power.shape[2], other.shape[2])
        balance_db = 20 * float(torch.rand(1, generator=rng)) - 10
        level = power.mean() / (other.mean() + 1e-12) * 10 ** (balance_db / 10)
        power = power[..., :frames] + level * other[..., :frames]
    furthest = plan.transposed_bands
    shift = int(torch.randint(-furthest, furthest + 1, (1,), generator=rng))
    bands = (torch.arange(N_BANDS) + shift).clamp(0, N_BANDS - 1)
    return power[:, bands] * 10 ** (_colour_db(plan, rng) / 10)


def _excerpt(tracks: Sequence[Track], plan: Plan, rng: torch.Generator) -> Tensor:
    power = tracks[int(torch.randint(len(tracks), (1,), generator=rng))].power[None]
    room = power.shape[2] - round(plan.shortest_s * FRAMES_PER_SECOND)
    return power[..., int(torch.randint(max(room, 1), (1,), generator=rng)) :]


def _colour_db(plan: Plan, rng: torch.Generator) -> Tensor:
    """A smooth equalizer, [bands, 1]."""
    reach = math.ceil(3 * plan.colour_width_bands)
    place = torch.arange(-reach, reach + 1) / plan.colour_width_bands
    kernel = torch.exp(-0.5 * place.square())
    noise = torch.randn(1, 1, N_BANDS + 2 * reach, generator=rng)
    smooth = torch.nn.functional.conv1d(noise, (kernel / kernel.norm())[None, None])
    return plan.colour_db * smooth[0, 0, :, None]
