"""A linear recursion over time, by doubling: log2(n) steps for n samples, each a few products."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor


def recursion(x: Tensor, change: Tensor) -> Tensor:
    """States that follow each other: s[n] = s[n−1] + change[n] s[n−1] + x[n], before all zeros.

    `x` is [batch, channels, states, time] and so is the result; `change`, the matrix less the
    identity, is […, states, states, 1] where it is the same at all times, or with `time` for 1.
    Said as a change, slow filters keep their digits: of 1 − 10⁻⁵ single precision keeps two.

    All samples at once, as an associative scan (Blelloch 1990, "Prefix sums and their
    applications", section 1.4); gradients are the same recursion backwards.
    """
    out: Tensor = torch.ops.tonecast.recursion(x, change)
    return out


@torch.library.custom_op("tonecast::recursion", mutates_args=())
def _recursion(x: Tensor, change: Tensor) -> Tensor:
    return play(x, change)


@_recursion.register_fake
def _(x: Tensor, change: Tensor) -> Tensor:
    return torch.empty_like(x, memory_format=torch.contiguous_format)


def play(x: Tensor, change: Tensor) -> Tensor:
    """What `recursion` says, by operators that any backend has."""
    if change.shape[-1] == 1:
        return _steady(x, change[..., 0])
    return _moving(x, change)


def play_on(x: Tensor, last: Tensor, change: Tensor) -> Tensor:
    """The same behind the states `last`, […, states, 1]."""
    first = last + change[..., 0] @ last
    return play(torch.cat([x[..., :1] + first, x[..., 1:]], -1), change)


def as_matrix(change: Tensor, samples: int) -> Tensor:
    """What n samples become of themselves and of the states before: […, (n + 1) states, n states].

    `change` […, states, states, 1]; states run first, then samples.
    """
    around, states = change.shape[:-3], change.shape[-2]
    each = change.double()[..., None, :, :, :]  # for each row

    def rows(count: int, length: int) -> Tensor:
        return torch.eye(count, dtype=torch.float64).reshape(count, states, length)

    silence = rows(states, 1).new_zeros(*around, states, states, samples)
    of_states = play_on(silence, rows(states, 1), each)
    of_sound = play(rows(states * samples, samples).expand(*around, -1, -1, -1), each)
    return torch.cat([of_states.flatten(-2), of_sound.flatten(-2)], -2)


def play_by_matrix(x: Tensor, last: Tensor, matrix: Tensor) -> Tensor:
    """As `play_on` does, by one product."""
    given = torch.cat([last.flatten(-2), x.flatten(-2)], -1)
    return (given[..., None, :] @ matrix).reshape(x.shape)


def _steady(x: Tensor, change: Tensor) -> Tensor:
    """(1 + M z)(1 + M² z²)(1 + M⁴ z⁴) … applied to x, where M = 1 + change."""
    step = 1
    while step < x.shape[-1]:
        past = torch.nn.functional.pad(x[..., :-step], (step, 0))
        x = x + past + change @ past
        change = 2 * change + change @ change
        step *= 2
    return x


def _moving(x: Tensor, change: Tensor) -> Tensor:
    """The same, with the changes of all times between two joined step by step."""
    joined = change.movedim(-1, -3)
    out = x.movedim(-1, -2)[..., None]
    count = out.shape[-3]
    step = 1
    while step < count:
        later, before = joined[..., step:, :, :], joined[..., :-step, :, :]
        past = out[..., :-step, :, :]
        out = torch.cat([out[..., :step, :, :], out[..., step:, :, :] + past + later @ past], -3)
        both = later + before + later @ before
        joined = torch.cat([joined[..., :step, :, :], both], -3)
        step *= 2
    return out[..., 0].movedim(-1, -2)


def _keep(ctx: Any, inputs: tuple[Tensor, Tensor], output: Tensor) -> None:
    ctx.save_for_backward(inputs[1], output)


def _backward(ctx: Any, grad: Tensor) -> tuple[Tensor, Tensor]:
    change, out = ctx.saved_tensors
    # What comes later is moved on by its own change: of the sample after it.
    turned = change.transpose(-2, -3)
    if change.shape[-1] > 1:
        turned = torch.nn.functional.pad(turned[..., 1:], (0, 1)).flip(-1)
    back = play(grad.flip(-1), turned).flip(-1)
    past = torch.nn.functional.pad(out[..., :-1], (1, 0))
    if change.shape[-1] > 1:
        for_change = back[..., :, None, :] * past[..., None, :, :]
    else:
        for_change = (back @ past.mT)[..., None]
    return back, for_change.sum_to_size(change.shape)


_recursion.register_autograd(_backward, setup_context=_keep)
