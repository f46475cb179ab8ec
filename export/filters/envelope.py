"""An envelope with attack and release: a one-pole that rises and falls at rates of its own."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from .coefficients import approach, as_signal
from .recursion import play as play_recursion

_ROUNDING = 4 * torch.finfo(torch.float32).eps  # of the loudest sample


class Envelope(nn.Module):
    """Follow a level: y[n] = y[n−1] + c (x[n] − y[n−1]), where c is of attack while x is above y.

    The smooth, branching peak detector of Giannoulis, Massberg and Reiss (2012), "Digital dynamic
    range compressor design". Times are learned in the logarithm; `forward` takes others
    instead, as knobs [batch, 1] or numbers, in seconds.
    """

    def __init__(self, attack_s: float, release_s: float, sample_rate_hz: float = 48_000) -> None:
        super().__init__()
        self.log_attack = nn.Parameter(torch.tensor(attack_s).log())
        self.log_release = nn.Parameter(torch.tensor(release_s).log())
        self.sample_rate_hz = sample_rate_hz

    def forward(
        self,
        level: Tensor,
        attack_s: Tensor | float | None = None,
        release_s: Tensor | float | None = None,
    ) -> Tensor:
        """[batch, channels, time] to the same."""
        steps = (
            approach(self.log_attack.exp() if attack_s is None else attack_s, self.sample_rate_hz),
            approach(
                self.log_release.exp() if release_s is None else release_s, self.sample_rate_hz
            ),
        )
        out: Tensor = torch.ops.tonecast.follow(level, *(as_signal(step) for step in steps))
        return out


@torch.library.custom_op("tonecast::follow", mutates_args=())
def _follow(x: Tensor, attack: Tensor, release: Tensor) -> Tensor:
    return _of_branches(x, _branches(x, attack, release), attack, release)


@_follow.register_fake
def _(x: Tensor, attack: Tensor, release: Tensor) -> Tensor:
    return torch.empty_like(x, memory_format=torch.contiguous_format)


def _of_branches(x: Tensor, rises: Tensor, attack: Tensor, release: Tensor) -> Tensor:
    step = torch.where(rises, attack, release)
    return _one_pole(step * x, step)


def _one_pole(x: Tensor, step: Tensor) -> Tensor:
    return play_recursion(x[..., None, :], -step[..., None, None, :])[..., 0, :]


def _branches(x: Tensor, attack: Tensor, release: Tensor) -> Tensor:
    """Where it rises: guessed, played and guessed anew until nothing changes.

    The envelope is the largest of those of all guesses (the smallest, if attack is the slower):
    Howard's policy iteration, of which a few rounds do. After n rounds n samples are right.
    """
    rises = x > 0
    rounding = _ROUNDING * float(x.abs().max())
    while True:
        out = _of_branches(x, rises, attack, release)
        above = x - torch.nn.functional.pad(out[..., :-1], (1, 0))
        found = above > 0
        # Where both branches give the same, rounding may change its mind without end.
        if not bool(((found != rises) & (above.abs() > rounding)).any()):
            return rises
        rises = found


def _keep(ctx: Any, inputs: tuple[Tensor, Tensor, Tensor], output: Tensor) -> None:
    ctx.save_for_backward(*inputs, output)


def _backward(ctx: Any, grad: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    x, attack, release, out = ctx.saved_tensors
    above = x - torch.nn.functional.pad(out[..., :-1], (1, 0))
    rises = above > 0
    step = torch.where(rises, attack, release)
    # What comes later has been passed on by its own step.
    later = torch.nn.functional.pad(step[..., 1:], (0, 1)).flip(-1)
    back = _one_pole(grad.flip(-1), later).flip(-1)
    for_step = back * above
    return (
        back * step,
        torch.where(rises, for_step, 0.0).sum_to_size(attack.shape),
        torch.where(rises, 0.0, for_step).sum_to_size(release.shape),
    )


_follow.register_autograd(_backward, setup_context=_keep)
