import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.signal import resample_poly
from tonecast.models.data.protocol.recording import make_recording

Samples = NDArray[np.float32]
RATE_HZ = 16_000


@pytest.fixture(scope="session")
def protocol() -> Samples:
    """Our protocol at 16 kHz [samples], as after a program that changed the rate."""
    return resample_poly(make_recording(), 1, 3).astype(np.float32)


@pytest.fixture(scope="session")
def nam_3(long_performance: Samples) -> Samples:
    """A sound laid out as NAM's input file, version 3, of 52 s at 16 kHz [samples].

    Its sounds are ours: the file may not be handed on.
    """
    sound = np.zeros(52 * RATE_HZ, np.float32)
    sound[: 9 * RATE_HZ] = sound[-9 * RATE_HZ :] = long_performance[: 9 * RATE_HZ]
    sound[[round(10.5 * RATE_HZ), round(11.5 * RATE_HZ)]] = 0.9
    sound[12 * RATE_HZ : 42 * RATE_HZ] = long_performance[10 * RATE_HZ :]
    return sound
