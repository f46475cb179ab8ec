"""Causal networks that learn through kernels of our own, as PyTorch sees them.

Small convolutions and cells are where frameworks waste nine tenths of the time, see
cpp_host/training. Losses, optimisers and checkpoints are PyTorch's as ever.
"""

from __future__ import annotations

import json
from typing import Any, Protocol

import numpy as np
import torch
from torch import Tensor, nn

from ...plugin_core import _engine
from ...plugin_core.samples import Samples
from ..families.causal import CausalNetwork


class Kernels(Protocol):
    """A class of `_engine.training`, made for a shape."""

    def forward(
        self, weights: Samples, sound: Samples, warm_samples: int, conditions: Samples | None
    ) -> Samples:
        """Play flat weights and sound [batch, n] to [batch, n - warm], for `backward` to follow.

        `conditions` are [batch, conditions], or `None` where the network has none.
        """

    def play(
        self, weights: Samples, sound: Samples, warm_samples: int, conditions: Samples | None
    ) -> Samples:
        """The same, keeping nothing."""

    def backward(self, gradient: Samples) -> Samples:
        """From the gradient of what was played [batch, n - warm] to that of the flat weights."""


_KERNELS = {"wavenet": _engine.training.WaveNet, "recurrent": _engine.training.Recurrent}


def kernels_for(model: nn.Module, threads: int) -> Kernels | None:
    """Those that train a model on `threads` threads; `None` where there are none."""
    if not isinstance(model, CausalNetwork):
        return None
    kind = _KERNELS.get(model.architecture)
    if kind is None or not _engine.training.instruction_sets():
        return None
    return kind(json.dumps(model.network), threads)


def play_with(
    kernels: Kernels,
    network: nn.Module,
    sound: Tensor,
    warm_samples: int,
    conditions: Tensor | None = None,
) -> Tensor:
    """What the network makes of sound [batch, n], without the first samples: [batch, n - warm].

    Before the first sample there was silence. `conditions` are [batch, conditions]. Gradients are
    those of the parameters alone.
    """
    assert isinstance(network, CausalNetwork)
    flat = torch.cat([parameter.ravel() for parameter in network.in_order()])
    given = None if conditions is None else _array(conditions)
    if torch.is_grad_enabled():
        played: Tensor = _Play.apply(flat, sound, kernels, warm_samples, given)  # type: ignore[no-untyped-call]
        return played
    return torch.from_numpy(kernels.play(_array(flat), _array(sound), warm_samples, given))


class _Play(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any,
        flat: Tensor,
        sound: Tensor,
        kernels: Kernels,
        warm: int,
        conditions: Samples | None,
    ) -> Tensor:
        ctx.kernels = kernels
        return torch.from_numpy(kernels.forward(_array(flat), _array(sound), warm, conditions))

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, ...]:
        of_weights = torch.from_numpy(ctx.kernels.backward(_array(gradient)))
        return of_weights, None, None, None, None


def _array(tensor: Tensor) -> Samples:
    array: Samples = np.ascontiguousarray(tensor.detach().numpy(), dtype=np.float32)
    return array
