"""Recursive filters as layers: fast and differentiable on whole signals, exact in a stream.

recursion ── linear, of any number of states: what the filters below are made of
one_pole, biquad ── filters whose frequency is learned, turned by a knob, or follows the sound
envelope ── attack and release
"""

from .biquad import Biquad
from .envelope import Envelope
from .one_pole import OnePole
from .recursion import recursion

__all__ = ["Biquad", "Envelope", "OnePole", "recursion"]
