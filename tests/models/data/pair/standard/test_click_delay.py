"""The delay at clicks: exact, whatever the device does, and how far the clicks are apart."""

import numpy as np
import pytest
from scipy.signal import lfilter
from tonecast.models.data.pair.standard.click_delay import click_delay

RATE_HZ = 16_000
CLICKS_S = (0.5, 1.0, 1.6, 8.0, 8.7, 9.2)
LATE = 345


@pytest.fixture
def dry() -> np.ndarray:
    sound = np.zeros(10 * RATE_HZ)
    for k, time_s in enumerate(CLICKS_S):
        at = round(time_s * RATE_HZ)
        sound[at - 2 : at + 3] = (-1) ** k * np.array([0.25, 0.75, 1, 0.75, 0.25]) / 2
    return sound


def overdriven(sound: np.ndarray) -> np.ndarray:
    return np.tanh(8 * sound)


def cabinet(sound: np.ndarray) -> np.ndarray:
    """Loudest about 40 samples after its beginning, and the other way round there."""
    answer = 1 - np.exp(-np.arange(400) / 20)
    answer *= np.exp(-np.arange(400) / 40) * np.cos(np.arange(400) / 12)
    return lfilter(answer, 1, np.tanh(4 * sound))


def late(sound: np.ndarray, samples: int = LATE) -> np.ndarray:
    return np.pad(sound, (samples, 0))


@pytest.mark.parametrize("gain", [1.0, -0.01])
@pytest.mark.parametrize("noise_db", [-np.inf, -50.0])
def test_delay_and_polarity_are_exact(dry: np.ndarray, gain: float, noise_db: float) -> None:
    noise = 10 ** (noise_db / 20) * np.random.default_rng(1).standard_normal(len(dry) + LATE)
    wet = gain * (late(overdriven(dry)) + noise)
    found = click_delay(dry, wet, RATE_HZ, CLICKS_S, LATE + 200)
    assert found is not None
    assert (found.samples, found.polarity, found.count) == (LATE, np.sign(gain), 6)
    assert found.scatter_samples < 0.1
    assert found.span_s == pytest.approx(8.7, abs=1e-3)


def test_delay_is_where_the_response_begins_not_where_it_is_loudest(dry: np.ndarray) -> None:
    wet = late(cabinet(dry))
    loudest = int(np.abs(wet[:12_000]).argmax()) - round(0.5 * RATE_HZ)
    found = click_delay(dry, wet, RATE_HZ, CLICKS_S, LATE)
    assert found is not None
    assert LATE <= found.samples <= LATE + 2 < loudest


def test_hum_moves_nothing(dry: np.ndarray) -> None:
    hum = 0.05 * np.sin(2 * np.pi * 50 / RATE_HZ * np.arange(len(dry) + LATE))
    found = click_delay(dry, late(overdriven(dry)) + hum, RATE_HZ, CLICKS_S, LATE)
    assert found is not None
    assert (found.samples, found.count) == (LATE, 6)
    assert found.scatter_samples < 0.1


def test_clicks_that_are_missing_are_left_out(dry: np.ndarray) -> None:
    wet = late(dry)
    begun_late = click_delay(dry, wet[3 * RATE_HZ :], RATE_HZ, CLICKS_S, LATE - 3 * RATE_HZ)
    assert begun_late is not None
    assert (begun_late.samples, begun_late.count) == (LATE - 3 * RATE_HZ, 3)
    assert begun_late.span_s < 2
    noise = np.random.default_rng(1).standard_normal(len(wet))
    assert click_delay(dry, noise, RATE_HZ, CLICKS_S, LATE) is None
    assert click_delay(dry, 0 * wet, RATE_HZ, CLICKS_S, LATE) is None


def test_slip_and_drift_show_in_the_scatter(dry: np.ndarray) -> None:
    half = 5 * RATE_HZ
    slipped = np.concatenate([dry[:half], np.zeros(64), dry[half:]])
    found = click_delay(dry, slipped, RATE_HZ, CLICKS_S, 0)
    assert found is not None
    assert found.scatter_samples == pytest.approx(64, abs=0.5)
    drifting = np.interp(np.arange(len(dry)) * (1 - 30e-6), np.arange(len(dry)), dry)
    found = click_delay(dry, drifting, RATE_HZ, CLICKS_S, 0)
    assert found is not None
    assert found.scatter_samples == pytest.approx(30e-6 * 8.7 * RATE_HZ, abs=0.2)
