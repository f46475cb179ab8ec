"""No shipped effect gets louder than its target, whatever it is given, and none hums in silence."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from papers import PAPERS
from tonecast import Effect, shipped_effects
from tonecast.plugin_core.synthesizer import pluck

Samples = NDArray[np.float32]
RATE_HZ = 48000
LEARNED: dict[str, str | Path] = {
    **PAPERS,
    **{
        name: name
        for name, entry in shipped_effects().items()
        if entry.contract.kind == "effect"
        and entry.contract.architecture is not None
        and entry.contract.form != "filter"  # turns down, and learned nothing
    },
}
HELD = {n: path for n, path in LEARNED.items() if Effect(path).contract.trained_level is not None}
# What a linear one may add to a signal's own peak, by its name: the gain of its target.
GAINS_DB = {"eq-lowshelf": 10, "eq-lowshelf-48k": 10, "eq-peaking": 10, "amp-eq-16k": 6}


def _db(sound: Samples) -> float:
    return float(20 * np.log10(max(np.abs(sound).max(), 1e-20)))


def _notes() -> Samples:
    rng = np.random.default_rng(1)
    notes = np.concatenate([pluck(hz, 0.25, RATE_HZ, rng) for hz in (82.4, 196.0, 440.0)])
    return (notes / np.abs(notes).max()).astype(np.float32)


def _signals() -> dict[str, Samples]:
    time_s = np.arange(RATE_HZ // 2) / RATE_HZ
    return {
        "notes": _notes(),
        "square": np.sign(np.sin(2 * np.pi * 100 * time_s + 0.01)).astype(np.float32),
        "dc": (time_s > 0.25).astype(np.float32),
        "noise": np.random.default_rng(1).uniform(-1, 1, len(time_s)).astype(np.float32),
    }


def test_every_learned_effect_says_how_loud_its_training_was_but_filters() -> None:
    """What is linear by its making is as good at any level."""
    filters = {"amp-eq", "highpass", "low-shelf", "lowpass", "peak"}
    assert len(LEARNED) >= 18
    assert LEARNED.keys() - HELD.keys() == filters


@pytest.mark.filterwarnings("ignore:.*was trained on:RuntimeWarning")
@pytest.mark.parametrize("name", HELD)
def test_whatever_comes_in_no_more_comes_out_than_the_target_gives(name: str) -> None:
    effect = Effect(HELD[name])
    level = effect.contract.trained_level
    assert level is not None
    for signal, gain_db in ((s, g) for s in _signals().values() for g in (0.0, 20.0)):
        loud = signal * np.float32(10 ** (gain_db / 20))
        allowed_db = (
            _db(loud) + GAINS_DB.get(name, 0)
            if level.response == "linear"
            else level.output_peak_db
        )
        assert _db(effect(loud, RATE_HZ)) <= allowed_db + 3


@pytest.mark.parametrize("name", ["eq-lowshelf-48k", "eq-peaking"])
def test_an_equalizer_hears_20_db_more_as_well(name: str) -> None:
    effect = Effect(PAPERS[name])
    notes = _notes()
    played = effect(notes, RATE_HZ)
    loud = effect(10 * notes, RATE_HZ) / 10
    esr_db = 10 * np.log10(np.square(loud - played).sum() / np.square(played).sum())
    assert esr_db < -15


@pytest.mark.filterwarnings("ignore:.*was trained on:RuntimeWarning")
@pytest.mark.parametrize("name", LEARNED)
def test_100_ms_of_silence_are_enough_to_be_silent(name: str) -> None:
    note = 0.3 * _notes()[: RATE_HZ // 4]
    out = Effect(LEARNED[name])(np.pad(note, (0, RATE_HZ // 2)), RATE_HZ)
    assert _db(out[: len(note)]) > -40
    assert not out[len(note) + RATE_HZ // 10 :].any()
    assert np.abs(np.diff(out[len(note) + RATE_HZ // 50 :])).max() < 10 ** (-40 / 20)


def test_what_is_held_is_counted_and_said_once() -> None:
    effect = Effect(PAPERS["overdrive-48k"])
    loud = 10 * _notes()
    with pytest.warns(RuntimeWarning, match=r"trained on peaks of 0\.0 dBFS in, -3\.0 dBFS out"):
        effect(loud, RATE_HZ)
    assert effect.counters.held_frames > 0
    with warnings.catch_warnings(record=True) as again:
        warnings.simplefilter("always")
        effect(loud, RATE_HZ)
    assert not again


def test_within_the_range_nothing_is_held(noise: Callable[..., Samples]) -> None:
    effect = Effect(PAPERS["overdrive-48k"])
    effect(noise(2, RATE_HZ // 2), RATE_HZ)
    assert effect.counters.frames > 0
    assert effect.counters.held_frames == 0
