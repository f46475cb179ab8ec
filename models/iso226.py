"""Equal-loudness contours after ISO 226:2003, equation 1 and table 1."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

# Frequency in Hz, exponent of loudness perception alpha_f, level of the linear transfer function
# L_U in dB (0 at 1 kHz), threshold of hearing T_f in dB SPL.
_TABLE = np.array(
    [
        (20.0, 0.532, -31.6, 78.5),
        (25.0, 0.506, -27.2, 68.7),
        (31.5, 0.480, -23.0, 59.5),
        (40.0, 0.455, -19.1, 51.1),
        (50.0, 0.432, -15.9, 44.0),
        (63.0, 0.409, -13.0, 37.5),
        (80.0, 0.387, -10.3, 31.5),
        (100.0, 0.367, -8.1, 26.5),
        (125.0, 0.349, -6.2, 22.1),
        (160.0, 0.330, -4.5, 17.9),
        (200.0, 0.315, -3.1, 14.4),
        (250.0, 0.301, -2.0, 11.4),
        (315.0, 0.288, -1.1, 8.6),
        (400.0, 0.276, -0.4, 6.2),
        (500.0, 0.267, 0.0, 4.4),
        (630.0, 0.259, 0.3, 3.0),
        (800.0, 0.253, 0.5, 2.2),
        (1000.0, 0.250, 0.0, 2.4),
        (1250.0, 0.246, -2.7, 3.5),
        (1600.0, 0.244, -4.1, 1.7),
        (2000.0, 0.243, -1.0, -1.3),
        (2500.0, 0.243, 1.7, -4.2),
        (3150.0, 0.243, 2.5, -6.0),
        (4000.0, 0.242, 1.2, -5.4),
        (5000.0, 0.242, -2.1, -1.5),
        (6300.0, 0.245, -7.1, 6.0),
        (8000.0, 0.254, -11.2, 12.6),
        (10000.0, 0.271, -10.7, 13.9),
        (12500.0, 0.301, -3.1, 12.3),
    ]
)


def equal_loudness_contour_db(
    frequency_hz: NDArray[np.float64], loudness_phon: float
) -> NDArray[np.float64]:
    """Sound pressure level in dB SPL of pure tones as loud as `loudness_phon`.

    `frequency_hz` has any shape, and so has the result. Between the standard's frequencies the
    level is interpolated over log frequency; beyond 20 Hz and 12.5 kHz the last value holds,
    because the standard ends there.
    """
    table_hz, alpha, transfer_db, threshold_db = _TABLE.T
    a = (
        4.47e-3 * (10 ** (0.025 * loudness_phon) - 1.15)
        + (0.4 * 10 ** ((threshold_db + transfer_db) / 10 - 9)) ** alpha
    )
    level_db = 10 / alpha * np.log10(a) - transfer_db + 94
    clamped_hz = np.clip(frequency_hz, table_hz[0], table_hz[-1])
    return np.asarray(np.interp(np.log(clamped_hz), np.log(table_hz), level_db), np.float64)
