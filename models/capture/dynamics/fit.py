"""Dynamics that explain a pair.

    filter in closed form ─┬─ some starts of one path, that reduce levels above a threshold ─┬─
                           └─ or below it                                                   ─┘
    ─ the two best of them, to their end ─ two paths, from the better one on

Two paths are taken if they are better on the validation parts than one.
"""

from __future__ import annotations

from collections.abc import Sequence

from ....plugin_core.errors import Error
from ....plugin_core.samples import Samples
from ...data.pair.baselines import esr_db
from ...data.pair.fir import fit_fir
from ...families.dynamics.dynamics import Dynamics
from ..split import Span
from .material import Material, material_of
from .parameters import Start, network_of
from .steps import Fitted, improve, split_slowest

STARTS = (
    Start(detector_s=0.05e-3),  # of peaks
    Start(detector_s=3e-3),  # of the power
    Start(hold_s=100e-3, release_s=10e-3),  # a peak is held, then smoothed
    Start(reduces_above=False, quantile=0.3, attack_s=100e-3, release_s=5e-3),
)
FIRST_ROUNDS, ROUNDS, SPLIT_ROUNDS = 8, 20, 15
PROMISING = 2
WORTH_DB = 0.2  # less error on the validation parts, for a path more


def fit_dynamics(
    dry: Samples,
    wet: Samples,
    sample_rate_hz: int,
    training: Sequence[Span],
    validation: Sequence[Span],
    taps: int = 32,
) -> Dynamics:
    """Dynamics fitted to the training parts of a pair, with a filter of so many taps.

    Both sounds are [samples] and aligned. It takes about 30 s of one core for 20 s of sound, and
    for longer ones at most twice that. Raise tonecast.Error where the training parts are silent.
    """
    material = material_of(dry, wet, sample_rate_hz, training)
    if not all(sound[material.counts()].any() for sound in (material.dry, material.wet)):
        raise Error("the training parts of the pair are silent, so they tell nothing of its gain")
    filter_taps = fit_fir(material.dry, material.wet, material.spans, taps)
    begun = [
        improve(
            material,
            start.reduces_above,
            start.free(material.level_db(start.quantile), sample_rate_hz),
            filter_taps,
            FIRST_ROUNDS,
        )
        for start in STARTS
    ]
    # A few rounds do not tell the best start for sure.
    promising = sorted(begun, key=lambda fitted: fitted.esr)[:PROMISING]
    ones = [
        improve(material, begin.reduces_above, begin.free, begin.taps, ROUNDS)
        for begin in promising
    ]
    one = min(ones, key=lambda fitted: fitted.esr)
    two = improve(material, one.reduces_above, split_slowest(one.free), one.taps, SPLIT_ROUNDS)
    whole = Material(dry, wet, validation, sample_rate_hz)
    is_worth_it = _error_db(two, whole) < _error_db(one, whole) - WORTH_DB
    chosen = two if is_worth_it else one
    return network_of(chosen.free, chosen.taps, chosen.reduces_above)


def _error_db(fitted: Fitted, material: Material) -> float:
    counts = material.counts()
    return esr_db(fitted.played(material)[counts], material.wet[counts])
