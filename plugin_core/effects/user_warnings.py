"""Warnings that point at the user's own line, however deep in tonecast they arise."""

from __future__ import annotations

import sys
import warnings

PACKAGE = __name__.partition(".")[0]


class BandwidthWarning(UserWarning):
    """An effect's rate loses a band of the sound; once for each effect and sample rate.

    warnings.simplefilter("ignore", tonecast.BandwidthWarning) turns it off.
    """


def warn_user(message: str, category: type[Warning] = RuntimeWarning) -> None:
    """Warn of the line outside of tonecast that called it."""
    frame = sys._getframe(1)
    level = 2
    while frame.f_back is not None and _is_own(frame.f_globals.get("__name__", "")):
        frame = frame.f_back
        level += 1
    warnings.warn(message, category, stacklevel=level)


def _is_own(module: str) -> bool:
    return module == PACKAGE or module.startswith(f"{PACKAGE}.")
