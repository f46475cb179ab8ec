"""What a frame blurs of a narrow resonance, put back into the cut."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray


def sharpening(frame_size: int, dft_size: int, factor: float, blurs: int) -> NDArray[np.float64]:
    """Kernel over bins that sharpens what the frame blurs: one step of van Cittert (1931).

    The window spreads the power of a tone over its squared spectrum: one blur. Where analysis and
    synthesis window are the same, a gain reaches the tone averaged over just that spread, too: two
    `blurs` in a row, the squared spectrum convolved with itself. The step is
    cut + factor · (cut − blur(cut)).
    """
    window = np.hanning(frame_size + 1)[:-1]
    spread = np.abs(np.fft.fft(window, dft_size)) ** 2
    blur = np.fft.ifft(np.fft.fft(spread) ** 2).real if blurs == 2 else spread
    reach = math.ceil(4 * dft_size / frame_size)  # two main lobes, each two bins of the frame
    blur = np.roll(blur, reach)[: 2 * reach + 1]
    kernel = -factor * blur / blur.sum()
    kernel[reach] += 1 + factor
    return np.asarray(kernel)
