"""The transform of the equalizers and descriptors is that of every effect that draws a curve."""

from ..export.dft import COLUMNS, RealDFT

__all__ = ["COLUMNS", "RealDFT"]
