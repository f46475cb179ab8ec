"""What keeps a CAE from an equalizer on noise: networks between a linear filter and the CAE.

Given its gates and the places that its pools keep, a CAE is ŷ = Aᵀ·G·A·x: the rows of A are its
filters at those places, G is diagonal and positive. Such an operator is symmetric: it turns no
phase, whatever its filters. Gates that follow the waveform can do what those without it cannot; how
much shows where one part of the CAE after the other is replaced.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import torch
from scipy import signal
from torch import Tensor, nn
from torch.nn import functional

from ...models.data.frames import Frames
from ...models.data.note import Note
from ...models.families.autoencoder.cae import CAE, QUIET_GATE, AutoencoderSize
from ...models.losses import esr
from ...models.schedule import cosine_schedule
from ...models.targets import Coefficients, low_shelf
from ...plugin_core.samples import Samples

RATE_HZ = 48_000
NOISE_S = 20.0
LEVEL = 0.1
NOISE_STEPS = 300
BATCH_FRAMES = 16
LEARNING_RATE = 3e-3
TEST_FRAMES = 256
BINS = 1 << 16

PAPER = AutoencoderSize()
LONG = AutoencoderSize(filter_taps=256)
SHORT_POOL = AutoencoderSize(pool=4)

Places = Literal["every", "same", "largest"]
Effect = Callable[[Samples], Samples]


@dataclass(frozen=True)
class Variant:
    """A network: which samples are kept, by what gates, and whether synthesis has own filters."""

    description: str
    places: Places = "largest"
    learned_gates: bool = True
    own_synthesis: bool = False
    size: AutoencoderSize = PAPER
    steps: int = NOISE_STEPS
    noise_s: float = NOISE_S


VARIANTS = (
    Variant("constant gates, every sample kept", "every", learned_gates=False),
    Variant("— with filters of 256 taps", "every", learned_gates=False, size=LONG),
    Variant("constant gates, every 16th sample kept", "same", learned_gates=False),
    Variant("constant gates, of 16 samples the largest kept", learned_gates=False),
    Variant("— with filters of its own for synthesis", learned_gates=False, own_synthesis=True),
    Variant("the CAE"),
    Variant(
        "— learned three times as long, from three times the noise",
        steps=3 * NOISE_STEPS,
        noise_s=3 * NOISE_S,
    ),
    Variant("— with filters of 256 taps", size=LONG),
    Variant("— with filters of its own for synthesis", own_synthesis=True),
    Variant("— and with a pool of 4", own_synthesis=True, size=SHORT_POOL),
    Variant("the CAE, but every 16th sample kept", "same"),
    Variant("— with filters of its own for synthesis", "same", own_synthesis=True),
)


class Network(CAE):
    """The CAE with some of its parts replaced."""

    def __init__(self, variant: Variant) -> None:
        super().__init__(variant.size)
        self.variant = variant
        self.synthesis = nn.Parameter(self.filters.detach().clone())
        kept = variant.size.pool if variant.places == "every" else 1
        self.log_gain = nn.Parameter(torch.full((variant.size.filters, 1), -math.log(kept)))

    def forward(self, frame: Tensor) -> Tensor:
        """Windowed frames [batch, frame] in and out."""
        x1 = self.analyse(frame)
        gain = QUIET_GATE * self.log_gain.exp()
        if self.variant.places == "every":
            return self.synthesise(x1 * gain)
        envelope, place = self.pooled_envelope(x1)
        if self.variant.places == "same":
            place = torch.arange(0, self.size.frame, self.size.pool).expand_as(place)
        gate = self.latent(envelope) if self.variant.learned_gates else gain.expand_as(envelope)
        return self.synthesise(self.gated(x1, place, gate))

    def synthesise(self, gated: Tensor) -> Tensor:
        """Frames from the gated signals, by the filters of analysis or by others."""
        if not self.variant.own_synthesis:
            return super().synthesise(gated)
        pad = (self.size.filter_taps - 1) // 2
        full = functional.conv_transpose1d(gated, self.synthesis[:, None])
        return full[:, 0, pad : pad + self.size.frame]


def shelf(dry: Samples) -> Samples:
    """The low shelf that the papers' network learns."""
    numerator, denominator = low_shelf(RATE_HZ)
    return np.asarray(signal.lfilter(numerator, denominator, dry.astype(np.float64)), np.float32)


def shelf_without_phase(dry: Samples) -> Samples:
    """Its magnitudes alone, of a sound [samples] that repeats itself."""
    _, response = signal.freqz(*low_shelf(RATE_HZ), np.fft.rfftfreq(len(dry)) * 2 * np.pi)
    return np.fft.irfft(np.fft.rfft(dry) * np.abs(response), len(dry)).astype(np.float32)


NOISE_TARGETS: dict[str, Effect] = {
    "low shelf": shelf,
    "low shelf without phase": shelf_without_phase,
}


def symmetric_limit_db(
    numerator: Coefficients, denominator: Coefficients, delay_samples: int
) -> float:
    """ESR on white noise that no symmetric positive operator falls below, with gates of its own.

    What is nearest to a filter H is its real part where that is positive: what is left is its
    imaginary part, and the negative real one.
    """
    frequency, response = signal.freqz(numerator, denominator, BINS)
    response = response * np.exp(1j * frequency * delay_samples)
    lost = np.square(response.imag) + np.square(np.minimum(response.real, 0))
    return float(10 * np.log10(max(lost.sum(), 1e-12) / np.square(np.abs(response)).sum()))


def frames_of_noise(effect: Effect, seed: int, seconds: float = NOISE_S) -> Frames:
    """White noise and what the effect makes of it, as windowed frames."""
    samples = round(seconds * RATE_HZ)
    noise = (LEVEL * np.random.default_rng(seed).standard_normal(samples)).astype(np.float32)
    note = Note("noise", "noise", "", None, noise)
    return Frames([replace(note, wet=effect(noise))], PAPER.frame, 64)


def learn_noise(variant: Variant, effect: Effect) -> float:
    """The ESR in dB that a network reaches on noise after learning from noise alone."""
    torch.manual_seed(1)
    network, training = Network(variant), frames_of_noise(effect, 1, variant.noise_s)
    optimizer = torch.optim.Adam(network.parameters(), betas=(0.9, 0.99))
    generator = torch.Generator().manual_seed(1)
    for step in range(variant.steps):
        rate = LEARNING_RATE * cosine_schedule(step, variant.steps, (step + 1) / 30, 0.03)
        for group in optimizer.param_groups:
            group["lr"] = rate
        dry, wet, *_ = training.draw(BATCH_FRAMES, generator)
        optimizer.zero_grad()
        esr(network(dry), wet).backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
    dry, wet, *_ = frames_of_noise(effect, 2).draw(TEST_FRAMES, torch.Generator().manual_seed(2))
    with torch.no_grad():
        played = torch.cat([network(some) for some in torch.split(dry, BATCH_FRAMES)])
    return 10 * math.log10(float(esr(played, wet)))
