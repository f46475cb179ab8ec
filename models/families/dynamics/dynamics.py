"""A compressor as equations: detector, curve and ballistics are those of Giannoulis et al. (2012).

D. Giannoulis, M. Massberg, J. Reiss, "Digital Dynamic Range Compressor Design", JAES 60 (6).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from ..causal import CausalNetwork, States
from ..wavenet.convolution import Convolution
from .smoother import smooth, smooth_signed

POWER_FLOOR = 1e-10  # the level of silence: −100 dB
DB_PER_LOG_POWER = 10 / math.log(10)
LOG_GAIN_PER_DB = math.log(10) / 20
NARROWEST_KNEE_DB = 0.01
SLOWER = 20.0  # of each further path, in the first weights


class Dynamics(CausalNetwork):
    """y = filter(x) · 10^(−reduction / 20), the reduction in dB by the level of x.

        x ─ side-chain filter ─ square ─ detector ─ dB ─ curve ─┬─ path 1 · depth ─┬─ reduction
                                                                └─ path 2 · depth ─┘

    `network` is the shape: `taps` of the filter, the number of `paths`, and whether the curve
    `reduces` levels "above" its threshold (compressor, limiter) or "below" it (expander, gate).

    The coefficients are those of one-pole smoothers, 1 − exp(−1 / (time constant · sample rate)):

    - `sidechain` [2]: of a lowpass, and how much of it is taken away from x;
    - `detector` [1]: of the power's mean;
    - `curve` [2]: threshold_db, and knee_db, the scale of the softplus between nothing and slope 1;
    - `paths` [paths, 4]: of the release of a peak hold; attack and release of the smoother after
      it; and depth, the dB of reduction for each dB beyond the threshold. 1 / (1 − all depths) is
      the ratio.
    """

    architecture = "dynamics"

    def __init__(self, network: Mapping[str, Any]) -> None:
        super().__init__(network)
        paths = network["paths"]
        self.sign = {"above": 1.0, "below": -1.0}[network["reduces"]]
        self.filter = Convolution(1, 1, network["taps"], bias=False)
        with torch.no_grad():
            self.filter.weight.zero_()[..., -1] = 1.0
        self.sidechain = nn.Parameter(torch.tensor([0.03, 0.0]))
        self.detector = nn.Parameter(torch.tensor([0.03]))
        self.curve = nn.Parameter(torch.tensor([-20.0, 4.0]))
        slower = [SLOWER**-i for i in range(paths)]
        self.paths = nn.Parameter(
            torch.tensor([[0.01 * s, 0.01 * s, 0.01 * s, 0.5 / paths] for s in slower])
        )

    def forward(
        self, sound: Tensor, conditions: list[Tensor], states: States
    ) -> tuple[Tensor, States]:
        """See CausalNetwork."""
        *past, low, power, held, smoothed = states
        x = sound[..., None]
        coefficient, amount = self.sidechain[:1], self.sidechain[1]
        lows, low = smooth_signed(x, low, coefficient.clamp(0, 1))
        mean = self.detector.clamp(0, 1)
        powers, power = smooth((x - amount * lows).square(), power, mean, mean)
        hold, attack, release = (self.paths[:, i].clamp(0, 1) for i in range(3))
        depth = self.paths[:, 3]
        # A sum rather than expand(): see docs/effect-file.md on operators.
        beyond = self._beyond(powers) + 0 * depth
        helds, held = smooth(beyond, held, 1 + 0 * hold, hold)
        smootheds, smoothed = smooth(helds, smoothed, attack, release)
        reduction_db = (smootheds * depth).sum(dim=-1)
        filtered, after = self.filter.play(sound[:, None], past[0] if past else None)
        y = filtered[:, 0] * torch.exp(-LOG_GAIN_PER_DB * reduction_db)
        return y, [*([] if after is None else [after]), low, power, held, smoothed]

    def _beyond(self, powers: Tensor) -> Tensor:
        """By how many dB a power is beyond the threshold; the knee rounds the corner off."""
        threshold_db, knee_db = self.curve[0], self.curve[1].clamp(min=NARROWEST_KNEE_DB)
        level_db = DB_PER_LOG_POWER * torch.log(powers + POWER_FLOOR)
        return knee_db * functional.softplus(self.sign * (level_db - threshold_db) / knee_db)

    def state_shapes(self) -> dict[str, tuple[int, ...]]:
        """The filter's past, then each smoother's last output."""
        past = self.filter.past_samples
        paths = len(self.paths)
        return {
            **({"past": (1, past)} if past else {}),
            "low": (1,),
            "power": (1,),
            "held": (paths,),
            "smoothed": (paths,),
        }

    def initial_states(self) -> dict[str, Tensor]:
        """Silence is far from a compressor's threshold, but may be beyond an expander's."""
        with torch.no_grad():
            rest = self._beyond(0 * self.detector) + 0 * self.paths[None, :, 0]
        return {"held": rest, "smoothed": rest.clone()}

    def in_order(self) -> Iterator[nn.Parameter]:
        """Along the signal: filter, side-chain, detector, curve, paths."""
        yield from self.filter.in_order()
        yield from (self.sidechain, self.detector, self.curve, self.paths)
