"""The low anchor of ITU-R BS.1534-3 (section 5.1): the reference below 3.5 kHz.

Its low-pass has at most 0.1 dB of ripple, and takes 25 dB away at 4 kHz and 50 dB at 4.5 kHz.
"""

from __future__ import annotations

import numpy as np
from scipy.signal import fftconvolve, firwin, kaiserord

from ....plugin_core.errors import Error
from ..resonances import Audio

LABEL = "low anchor (3.5 kHz)"
PASS_HZ, STOP_HZ = 3500.0, 4000.0
ATTENUATION_DB = 60.0  # of the whole stop band, and by symmetry a ripple of 0.01 dB


def low_anchor(audio: Audio, sample_rate_hz: int) -> Audio:
    """`audio` [channels, samples] without what is above 3.5 kHz, neither delayed nor shifted.

    Raise tonecast.Error at a sample rate that has nothing there.
    """
    if sample_rate_hz <= 2 * STOP_HZ:
        raise Error(f"at {sample_rate_hz} Hz a low anchor of 3.5 kHz is no anchor; use --abx")
    width = 2 * (STOP_HZ - PASS_HZ) / sample_rate_hz
    taps, beta = kaiserord(ATTENUATION_DB, width)
    cutoff_hz = (PASS_HZ + STOP_HZ) / 2
    low_pass = firwin(taps | 1, cutoff_hz, window=("kaiser", beta), fs=sample_rate_hz)
    return np.asarray(fftconvolve(audio, low_pass[None], mode="same", axes=1), np.float32)
