"""From a module that draws a curve over frequency to a filter effect."""

from .curve import Curve

__all__ = ["Curve"]
