import numpy as np
import pytest
import torch
from scipy import stats
from tonecast.models.predictors.descriptors.descriptors import DESCRIPTORS, VALUES, Descriptors
from tonecast.models.predictors.descriptors.frames import (
    SAMPLE_RATE_HZ,
    WINDOW_SAMPLES,
    overlapping,
)
from tonecast.models.predictors.descriptors.peaks import find_peaks, highest
from tonecast.models.predictors.descriptors.spectrum import MagnitudeSpectrum
from tonecast.models.predictors.descriptors.statistics import STATISTICS, statistics
from tonecast.models.predictors.ffn import FFN

TIME_S = np.arange(WINDOW_SAMPLES) / SAMPLE_RATE_HZ
MODEL = Descriptors()
NEVER = torch.tensor([[1e-30]])


def noise(seed: int = 1, level: float = 0.1) -> np.ndarray:
    return level * np.random.default_rng(seed).standard_normal((2, WINDOW_SAMPLES))


def tone(frequency_hz: float, *partials: float) -> np.ndarray:
    """Partials 1, 2, 3 … of these amplitudes, in both channels."""
    parts = [
        a * np.sin(2 * np.pi * (k + 1) * frequency_hz * TIME_S) for k, a in enumerate(partials)
    ]
    return np.sum(parts, axis=0) * np.ones((2, 1))


def telephone(sound: np.ndarray) -> np.ndarray:
    """Nothing above 4 kHz, as after 8 kHz sampling."""
    spectrum = np.fft.rfft(sound)
    spectrum[:, np.fft.rfftfreq(WINDOW_SAMPLES, 1 / SAMPLE_RATE_HZ) > 4000] = 0
    return np.fft.irfft(spectrum, WINDOW_SAMPLES)


def described(sound: np.ndarray) -> dict[str, np.ndarray]:
    audio = torch.tensor(sound[None], dtype=torch.float32)
    with torch.no_grad():
        return dict(zip(DESCRIPTORS, MODEL.per_frame(audio)[0].numpy(), strict=True))


def test_descriptors_are_97_and_values_679() -> None:
    assert len(set(DESCRIPTORS)) == 97
    assert len(set(VALUES)) == 679
    audio = torch.tensor(np.stack([noise(1), noise(2)]), dtype=torch.float32)
    assert MODEL(audio).shape == (2, 679)


def test_frames_end_with_the_window() -> None:
    audio = torch.arange(2 * WINDOW_SAMPLES, dtype=torch.float32).reshape(1, 2, -1)
    frames = overlapping(audio)
    assert frames.shape == (1, 2, 20, 2048)
    assert frames[0, 1, -1, -1] == audio[0, 1, -1]
    assert torch.equal(frames[0, 0, 3, 1024:], frames[0, 0, 4, :1024])


def test_full_scale_sine_has_magnitude_1() -> None:
    frame = torch.tensor(np.sin(2 * np.pi * 50 * np.arange(2048) / 2048), dtype=torch.float32)
    magnitude = MagnitudeSpectrum()(frame[None])[0]
    assert int(magnitude.argmax()) == 50
    assert float(magnitude.max()) == pytest.approx(1, abs=0.01)


@pytest.mark.parametrize("frequency_hz", [110.0, 261.6, 440.0, 987.8])
def test_pitch_of_a_tone(frequency_hz: float) -> None:
    """A note out of tune would take its partials with it."""
    found = described(tone(frequency_hz, 0.3, 0.2, 0.1, 0.05))
    assert found["pitch"] == pytest.approx(frequency_hz, rel=0.01)
    assert found["pitch confidence"].min() > 0.7
    assert found["inharmonicity"].max() < 0.02


def test_noise_has_no_pitch_and_is_flat() -> None:
    hiss, note = described(noise()), described(tone(440, 0.3, 0.2, 0.1))
    assert np.median(hiss["pitch confidence"]) < 0.5 < np.median(note["pitch confidence"])
    assert np.median(hiss["flatness"]) < 0.35 < np.median(note["flatness"])
    assert np.median(hiss["harmonics to noise"]) < 0 < 20 < np.median(note["harmonics to noise"])


def test_partials_share_the_tristimulus() -> None:
    found = described(tone(440, 0.4, 0.2, 0.1, 0.05, 0.05))
    for i, share in enumerate((0.5, 0.35 / 0.8, 0.05 / 0.8)):
        assert found[f"tristimulus {i}"] == pytest.approx(share, abs=0.03)
    # Harmonics 2 and 4 over 1, 3 and 5.
    wanted = (0.2**2 + 0.05**2) / (0.4**2 + 0.1**2 + 0.05**2)
    assert found["odd to even"] == pytest.approx(wanted, rel=0.1)
    assert (found["complexity"] == 5).all()


def test_stretched_partials_are_inharmonic() -> None:
    straight = described(tone(220, 0.3, 0.2, 0.2, 0.2))
    stretched = tone(220, 0.3)
    for k in (2, 3, 4):
        stretched += 0.2 * np.sin(2 * np.pi * 220 * k * (1 + 0.01 * k) * TIME_S)
    assert np.median(described(stretched)["inharmonicity"]) > 3 * np.median(
        straight["inharmonicity"]
    )


@pytest.mark.parametrize("ratio_db", [5, 15, 25])
def test_harmonics_to_noise_is_the_ratio_of_their_powers(ratio_db: float) -> None:
    clean = tone(200, 0.3, 0.15, 0.1)
    hiss = noise(level=1)[:1] * np.ones((2, 1))
    hiss *= clean.std() / hiss.std() * 10 ** (-ratio_db / 20)
    found = np.median(described(clean + hiss)["harmonics to noise"])
    assert found == pytest.approx(ratio_db, abs=1.5)


def test_bands_hold_the_energy_that_lies_in_them() -> None:
    found = described(tone(2500, 0.5))
    assert found["band 800-4000 Hz"] == pytest.approx(found["energy"], rel=1e-3)
    assert found["bark band 16"] == pytest.approx(found["energy"], rel=0.01)
    assert found["roll-off"] == pytest.approx(2500, abs=50)
    assert found["high-frequency content"] == pytest.approx(2500 * found["energy"], rel=0.01)


def test_energy_bands_and_bark_bands_add_up() -> None:
    found = described(noise())
    assert sum(found[f"bark band {i}"] for i in range(27)) == pytest.approx(
        found["energy"], rel=0.1
    )  # up to 20.5 kHz of 22.05
    assert found["rms"] ** 2 * 1025 == pytest.approx(found["energy"], rel=1e-4)


def test_cepstra_hear_the_level_only_in_their_first_coefficient() -> None:
    loud, soft = described(noise(level=0.2)), described(noise(level=0.02))
    for name in DESCRIPTORS[:26]:
        change = loud[name] - soft[name]
        # 20 dB of amplitude are 40 dB here, √40 bands added up.
        assert change == pytest.approx(40 * np.sqrt(40) if name.endswith("fcc 0") else 0, abs=0.05)


def test_flux_is_of_changes_not_of_level() -> None:
    steady = tone(SAMPLE_RATE_HZ / 64, 0.3)  # the same in every frame
    assert described(steady)["flux"].max() < 1e-4
    swelling = steady * np.linspace(0, 1, WINDOW_SAMPLES)
    assert described(swelling)["flux"].min() > 1e-3


def test_stereo_width_is_that_of_numpy() -> None:
    left, right = noise(1)
    right = 0.5 * right + 0.7 * left
    found = described(np.stack([left, right]))
    frames = overlapping(torch.tensor(np.stack([left, right])[None]))[0].numpy()
    for i in range(20):
        wanted = np.corrcoef(frames[0, i], frames[1, i])[0, 1]
        assert found["stereo correlation"][i] == pytest.approx(wanted, abs=1e-4)
        rms = np.sqrt((frames[:, i] ** 2).mean(axis=1))
        assert found["stereo difference"][i] == pytest.approx(abs(rms[0] - rms[1]), abs=1e-6)


def test_silence_rates_count_quiet_frames() -> None:
    found = described(tone(1000, 0.1))  # −23 dB
    assert [found[f"silence {level} dB"].mean() for level in (20, 30, 60)] == [1, 0, 0]


def test_zero_crossings_of_a_tone() -> None:
    found = described(tone(1000, 0.1))
    assert found["zero crossings"] == pytest.approx(2 * 1000 / SAMPLE_RATE_HZ, rel=0.03)


def test_statistics_are_those_of_scipy() -> None:
    values = np.random.default_rng(1).gamma(2, size=(3, 5, 20)).astype(np.float32)
    found = statistics(torch.from_numpy(values), NEVER).numpy()
    wanted = np.stack(
        [
            values.mean(axis=2),
            np.median(values, axis=2),
            values.std(axis=2),
            stats.skew(values, axis=2),
            stats.kurtosis(values, axis=2),
            np.percentile(values, 10, axis=2),
            np.percentile(values, 90, axis=2),
        ],
        axis=2,
    )
    assert found == pytest.approx(wanted, rel=1e-4, abs=1e-4)


@pytest.mark.parametrize("value", [0.0, 1.0, -3e7, 1e-20])
def test_constant_has_no_skewness(value: float) -> None:
    found = statistics(torch.full((1, 1, 20), value), NEVER)[0, 0]
    by_name = dict(zip(STATISTICS, found.tolist(), strict=True))
    assert by_name["mean"] == pytest.approx(value)
    assert (by_name["skew"], by_name["kurtosis"]) == (0, -3)


def test_rounding_has_no_shape() -> None:
    """Else the same sound gets different values on different machines."""
    values = 1000 + 1e-3 * torch.randn(1, 1, 20, generator=torch.Generator().manual_seed(1))
    assert statistics(values, NEVER)[0, 0, 3:5].tolist() == [0, -3]
    near_zero = values - 1000
    assert statistics(near_zero, torch.tensor([[0.01]]))[0, 0, 3:5].tolist() == [0, -3]
    assert statistics(near_zero, NEVER)[0, 0, 4] > -3


def test_peaks_lie_between_bins() -> None:
    place = torch.arange(12.0)
    values = -((place - 6.3) ** 2)[None] + 5
    position, height, found = highest(find_peaks(values))
    assert float(position) == pytest.approx(6.3, abs=1e-4)
    assert float(height) == pytest.approx(5, abs=1e-4)
    assert bool(found)
    assert not bool(highest(find_peaks(place[None]))[2])


def step(level: float) -> np.ndarray:
    sound = np.zeros((2, WINDOW_SAMPLES))
    sound[:, WINDOW_SAMPLES // 2 :] = level
    return sound


HARD = {
    "silence": np.zeros((2, WINDOW_SAMPLES)),
    "almost silence": noise(level=1e-20),
    "steady": np.ones((2, WINDOW_SAMPLES)),
    "step": step(0.5),
    "impulse": np.eye(1, WINDOW_SAMPLES, 12_000) * np.ones((2, 1)),
    "last bit": np.round(noise(level=3e-5) * 32768) / 32768,
    "full-scale noise": np.sign(noise()),
    "Nyquist": np.cos(np.pi * np.arange(WINDOW_SAMPLES)) * np.ones((2, 1)),
    "one channel": noise() * [[1], [0]],
    "opposite channels": noise()[:1] * [[1], [-1]],
    "telephone": telephone(noise()),
    "much too loud": np.full((2, WINDOW_SAMPLES), 1e30),
    "infinite": np.full((2, WINDOW_SAMPLES), np.inf),
}


@pytest.mark.parametrize("sound", HARD.values(), ids=HARD.keys())
def test_any_sound_has_finite_values_and_a_factor(sound: np.ndarray) -> None:
    torch.manual_seed(1)
    model = FFN(MODEL).eval()
    audio = torch.tensor(sound[None], dtype=torch.float32)
    with torch.no_grad():
        values = model.features(audio)
        assert torch.isfinite(values).all(), [
            name for name, value in zip(VALUES, values[0], strict=True) if not value.isfinite()
        ]
        assert 0 <= float(model(audio)) <= 1
