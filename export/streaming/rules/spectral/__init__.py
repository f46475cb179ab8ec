"""Spectra: complex numbers, Fourier transforms of blocks, and convolutions by FFT.

complex_numbers ── arithmetic, as pairs of real values
fourier ── transforms of blocks, of overlapping windows, and back, as products and filters
long_convolution ── along all of time, with a response as long as the signal
"""

from . import complex_numbers, fourier, long_convolution  # noqa: F401 — each adds its rules
