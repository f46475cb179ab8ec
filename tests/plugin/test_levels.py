"""The plugin lets nothing out that is louder than its ceiling, and says how long it sounds on."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import tonecast
from numpy.typing import NDArray
from tonecast import Effect

Samples = NDArray[np.float32]
RATE_HZ = 48000


def test_the_limiter_is_on_and_transparent_below_its_ceiling(
    vst3: str, noise: Callable[..., Samples]
) -> None:
    plugin = tonecast.load_plugin("low-shelf")
    assert plugin.limiter
    assert plugin.ceiling_db == 0
    quiet = noise(2, 20_000)
    expected = Effect("low-shelf")(quiet, RATE_HZ)
    assert np.abs(expected).max() < 1
    np.testing.assert_array_equal(plugin(quiet, RATE_HZ), expected)


def test_no_sample_is_above_the_ceiling(vst3: str, noise: Callable[..., Samples]) -> None:
    plugin = tonecast.load_plugin("low-shelf")
    loud = 20 * noise(2, 20_000)
    assert np.abs(Effect("low-shelf")(loud, RATE_HZ)).max() > 4
    assert np.abs(plugin(loud, RATE_HZ)).max() <= 1
    plugin.ceiling_db = -12
    assert np.abs(plugin(loud, RATE_HZ)).max() < 0.2512  # −12 dBFS
    plugin.limiter = False
    assert np.abs(plugin(loud, RATE_HZ)).max() > 4


def test_bypassed_nothing_is_limited(vst3: str, noise: Callable[..., Samples]) -> None:
    plugin = tonecast.load_plugin("low-shelf")
    plugin.bypass = True
    loud = 20 * noise(2, 20_000)
    np.testing.assert_array_equal(plugin(loud, RATE_HZ), loud)


def test_after_a_note_it_is_silent(vst3: str, noise: Callable[..., Samples]) -> None:
    plugin = tonecast.load_plugin("fx-chain")
    note = np.pad(noise(1, 10_000), ((0, 0), (0, 20_000)))
    out = plugin(note, RATE_HZ)
    assert np.abs(out[:, :10_000]).max() > 0.1
    assert not out[:, 10_000 + RATE_HZ // 10 :].any()
