"""Our own protocol, recognised by its clicks at any sample rate, word length and level."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ....data.protocol import layout
from .isolated_clicks import IsolatedClick
from .standard import Standard, Stretch

TIMES_AGREE_S = 0.0002  # resampling moves the highest sample by up to one
LEVELS_AGREE = 1.6  # a ratio; at low rates the highest sample misses the click's peak


def recognise_own(clicks: Sequence[IsolatedClick]) -> tuple[Standard | None, str]:
    """The recording whose `clicks` these are, and what is wrong with it, if it is only a part."""
    found_s = [
        clicks[k].time_s
        for k in range(len(clicks) - len(layout.FIRST_CLICKS) + 1)
        if _fits(clicks[k : k + len(layout.FIRST_CLICKS)])
    ]
    if not found_s:
        return None, ""
    first_s, last_s = layout.FIRST_CLICKS[0].time_s, layout.LAST_CLICKS[0].time_s
    if len(found_s) != 2 or abs(found_s[1] - found_s[0] - last_s + first_s) > TIMES_AGREE_S:
        return None, f"holds only a part of {layout.NAME}, or it was edited"
    return _standard(found_s[0] - first_s), ""


def _fits(clicks: Sequence[IsolatedClick]) -> bool:
    """Whether distances, levels and signs are the pattern's; all may be of the other sign."""
    wanted = layout.FIRST_CLICKS
    times_s = np.array([click.time_s for click in clicks])
    wanted_s = np.array([click.time_s for click in wanted])
    if np.abs(times_s - times_s[0] - wanted_s + wanted_s[0]).max() > TIMES_AGREE_S:
        return False
    gains = np.array([click.peak for click in clicks]) / [click.level for click in wanted]
    gains /= np.median(gains)
    return bool((gains > 1 / LEVELS_AGREE).all() and (gains < LEVELS_AGREE).all())


def _standard(begin_s: float) -> Standard:
    """The protocol where it begins at `begin_s` of its file."""

    def stretch(part: layout.Part) -> Stretch:
        return begin_s + part.begin_s, begin_s + part.end_s

    return Standard(
        layout.NAME,
        tuple(begin_s + click.time_s for click in (*layout.FIRST_CLICKS, *layout.LAST_CLICKS)),
        training=stretch(layout.TRAINING),
        validation=stretch(layout.VALIDATION),
        test=stretch(layout.TEST),
        protocol_begin_s=begin_s,
    )
