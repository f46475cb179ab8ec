"""Several sounds that a module returns, such as separated stems, as one mix with knobs."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from torch import Tensor, nn

from ..plugin_core.errors import Error
from .knob import Knob
from .streaming.trace import takes_sidechain


class _Mixed(nn.Module):
    """Plays the sum of what `module` returns, each sound times the gain of its name."""

    def __init__(self, module: nn.Module, outputs: Sequence[str]) -> None:
        super().__init__()
        self.module = module
        self.training = module.training
        self._outputs = tuple(outputs)

    def mix(self, x: Tensor, **given: Any) -> Tensor:
        """[batch, channels, time] → the same; `given` are the module's own knobs and the gains."""
        gains = [given.pop(name) for name in self._outputs]
        sounds = _apart(self.module(x, **given), len(gains))
        first, *others = (
            gain[..., None] * sound for gain, sound in zip(gains, sounds, strict=True)
        )
        played: Tensor = sum(others, first)
        return played


class _OfOneSound(_Mixed):
    def forward(self, x: Tensor, **given: Any) -> Tensor:
        return self.mix(x, **given)


class _WithSidechain(_Mixed):
    def forward(self, x: Tensor, sidechain: Tensor, **given: Any) -> Tensor:
        return self.mix(x, sidechain=sidechain, **given)


def mixed(module: nn.Module, outputs: Sequence[str]) -> nn.Module:
    """`module`, with a gain for each of its outputs; it takes the sounds that `module` takes."""
    return (_WithSidechain if takes_sidechain(module) else _OfOneSound)(module, outputs)


def gain_knobs(outputs: Sequence[str], taken: Collection[str]) -> dict[str, Knob]:
    """A knob for each output. Raise tonecast.Error for names that come twice."""
    knobs: dict[str, Knob] = {}
    for name in outputs:
        if name in knobs or name in taken:
            raise Error(f"two knobs would be called '{name}'; give outputs other names")
        knobs[name] = Knob(0, 1, 1)
    return knobs


def _apart(returned: Any, count: int) -> Sequence[Tensor]:
    """The sounds: of a tuple, or along the axis after the batch."""
    sounds = returned
    if isinstance(returned, Tensor):
        sounds = returned.unbind(1)
        if returned.ndim == 3:  # [batch, sounds, time]: of one channel each
            sounds = [sound[:, None] for sound in sounds]
    if not isinstance(sounds, (tuple, list)) or len(sounds) != count:
        found = len(sounds) if isinstance(sounds, (tuple, list)) else type(returned).__name__
        raise Error(
            f"forward() returns {found} sounds, and outputs= names {count}; name each of them"
        )
    return sounds
