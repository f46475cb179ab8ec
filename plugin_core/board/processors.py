"""How a board plays its elements: blocks of any length, [channels, samples]."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np

from ..effects.effect import Effect
from ..samples import Samples
from .pedalboard_calls import pedalboard_calls

if TYPE_CHECKING:
    from pedalboard import Plugin

BUFFER_SIZE = 8192  # pedalboard's default


class Processor(Protocol):
    """Plays one element, [channels, samples] at a time."""

    def _play(self, planar: Samples, rate_hz: int, buffer_size: int) -> Samples: ...

    def _restart(self) -> None: ...


class EffectProcessor:
    """An effect."""

    def __init__(self, effect: Effect) -> None:
        self._effect = effect

    def _play(self, planar: Samples, rate_hz: int, buffer_size: int) -> Samples:
        return self._effect.process_planar(planar, rate_hz, buffer_size, reset=False)

    def _restart(self) -> None:
        self._effect.reset()


class PluginProcessor:
    """A plugin of pedalboard in a stream whose blocks have any length.

    Within a chain, blocks are short where something before holds samples back. pedalboard prepares
    plugins for the longest block so far, and most of them forget their state each time that a
    longer one comes. Here they are prepared for whole buffers when a stream begins.
    """

    def __init__(self, plugin: Plugin) -> None:
        from pedalboard import Chain

        self._plugin = plugin  # keeps its id from being used again
        self._chain = Chain([plugin])
        self._prepared: tuple[int, int] | None = None  # sample rate, channels
        self._longest_block = 0  # what the plugin is prepared for; 0 before a stream begins

    def _play(self, planar: Samples, rate_hz: int, buffer_size: int) -> Samples:
        if self._prepared != (rate_hz, planar.shape[0]):
            self._learn_layout(rate_hz, planar.shape[0])
        with pedalboard_calls:
            if not self._longest_block:
                return self._begin(planar, rate_hz, buffer_size)
            return self._chain.process(
                planar, rate_hz, min(buffer_size, self._longest_block), reset=False
            )

    def _learn_layout(self, rate_hz: int, channels: int) -> None:
        """Make a chain that takes arrays as [channels, samples], however few samples there are."""
        from pedalboard import Chain

        self._chain = Chain([])
        self._chain.process(np.zeros((channels, channels + 1), dtype=np.float32), rate_hz)
        self._chain.append(self._plugin)
        self._prepared = (rate_hz, channels)
        self._longest_block = 0

    def _begin(self, planar: Samples, rate_hz: int, buffer_size: int) -> Samples:
        """Play the first block of a stream with the plugin prepared for longer ones.

        pedalboard prepares plugins for the length of what goes into their chain. So the block is
        padded with silence, and an AddLatency before the plugin delays it by as much and reports
        that, so that pedalboard returns the block alone.
        """
        from pedalboard_native._internal import AddLatency

        samples = planar.shape[1]
        self._longest_block = min(buffer_size, max(samples, BUFFER_SIZE))
        lead = self._longest_block - samples
        if lead <= 0:
            return self._chain.process(planar, rate_hz, self._longest_block, reset=False)
        padded = np.pad(planar, ((0, 0), (0, lead)))
        self._chain.insert(0, AddLatency(lead))
        try:
            return self._chain.process(padded, rate_hz, self._longest_block, reset=False)
        finally:
            del self._chain[0]

    def _restart(self) -> None:
        self._chain.reset()
        self._prepared = None
