import numpy as np
import pytest
from scipy import signal
from tonecast.models.targets import TARGETS, fir, low_shelf, peaking

RATE_HZ = 16_000
EQS = ("low-shelf", "peaking", "lowpass", "highpass")


def gain_db(name: str, frequency_hz: float) -> float:
    """Gain of a target for a steady sine, as it plays it."""
    t = np.arange(RATE_HZ) / RATE_HZ
    sine = (0.01 * np.sin(2 * np.pi * frequency_hz * t)).astype(np.float32)
    wet = TARGETS[name].rendered(sine, RATE_HZ, delay_compensated=True)
    middle = slice(RATE_HZ // 4, 3 * RATE_HZ // 4)
    return float(20 * np.log10(np.std(wet[middle]) / np.std(sine[middle])))


@pytest.mark.parametrize(
    ("name", "frequency_hz", "wanted_db"),
    [
        ("low-shelf", 20, 10),
        ("low-shelf", 500, 5),
        ("low-shelf", 6000, 0),
        ("peaking", 20, 0),
        ("peaking", 500, 10),
        ("peaking", 6000, 0),
        ("lowpass", 20, 0),
        ("lowpass", 500, -6),
        ("highpass", 500, -6),
        ("highpass", 6000, 0),
    ],
)
def test_equalizers_are_those_of_the_paper(
    name: str, frequency_hz: float, wanted_db: float
) -> None:
    assert gain_db(name, frequency_hz) == pytest.approx(wanted_db, abs=0.25)


def test_orders_are_those_of_the_paper() -> None:
    assert [len(c) for c in (*low_shelf(RATE_HZ), *peaking(RATE_HZ))] == [3, 3, 3, 3]
    assert len(fir(RATE_HZ, highpass=True)[0]) == 51


@pytest.mark.parametrize("name", ["lowpass", "highpass"])
def test_compensated_filters_are_on_time(name: str) -> None:
    """An ESR takes 25 samples of delay for an error of more than 100 %."""
    click = np.zeros(400, dtype=np.float32)
    click[200] = 1
    late = TARGETS[name].rendered(click, RATE_HZ, delay_compensated=False)
    on_time = TARGETS[name].rendered(click, RATE_HZ, delay_compensated=True)
    assert np.abs(late).argmax() == 225
    assert np.abs(on_time).argmax() == 200
    np.testing.assert_allclose(on_time[150:201], on_time[200:251][::-1], atol=1e-7)
    np.testing.assert_allclose(on_time[:-25], late[25:], atol=1e-7)


@pytest.mark.parametrize("name", [name for name in TARGETS if name not in EQS])
def test_effects_play_without_end_or_offset(name: str) -> None:
    noise = (0.1 * np.random.default_rng(1).standard_normal(8000)).astype(np.float32)
    target = TARGETS[name]
    wet = target.rendered(noise, RATE_HZ, delay_compensated=True)
    assert wet.shape == noise.shape
    assert wet.dtype == np.float32
    assert np.isfinite(wet).all()
    assert np.abs(wet).max() < 2
    assert np.abs(wet - noise).max() > 0.01
    again = target.rendered(noise, RATE_HZ, delay_compensated=True)
    np.testing.assert_array_equal(wet, again)
    silence = target.rendered(np.zeros(4000, dtype=np.float32), RATE_HZ, delay_compensated=True)
    assert np.abs(silence).max() < 1e-6


def test_settings_drive_harder() -> None:
    """A sine's harmonics, relative to itself, grow from setting to setting."""
    t = np.arange(RATE_HZ) / RATE_HZ
    sine = (0.1 * np.sin(2 * np.pi * 440 * t)).astype(np.float32)
    for effect in ("distortion", "overdrive"):
        harmonics = []
        for setting in (1, 2, 3):
            wet = TARGETS[f"{effect}-{setting}"].rendered(sine, RATE_HZ, delay_compensated=True)
            power = np.abs(np.fft.rfft(wet * signal.windows.hann(len(wet)))) ** 2
            harmonics.append(power[600:].sum() / power[400:480].sum())
        assert harmonics == sorted(harmonics)
        assert harmonics[0] > 1e-6


@pytest.mark.parametrize("name", TARGETS)
def test_linear_effects_are_those_that_add(name: str) -> None:
    """Training mixes notes for these, and would teach nonsense if they were not."""
    one, other = 0.3 * np.random.default_rng(1).standard_normal((2, 4000)).astype(np.float32)
    play = TARGETS[name].render
    sum_of_effects = play(one, RATE_HZ) + play(other, RATE_HZ)
    difference = np.abs(play(one + other, RATE_HZ) - sum_of_effects).max()
    assert (difference < 1e-4) == TARGETS[name].linear
