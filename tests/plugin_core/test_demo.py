"""The demo: instruments in tune, a room that rings, and a picture that tells the truth."""

import numpy as np
import pytest
from tonecast.plugin_core import demo, synthesizer
from tonecast.plugin_core.plots import comparison

RATE_HZ = 48000


@pytest.mark.parametrize("pitch_hz", [82.41, 220.0, 440.0, 659.26])
def test_strings_are_in_tune(pitch_hz) -> None:
    string = synthesizer.pluck(pitch_hz, 1.0, RATE_HZ, np.random.default_rng(1))
    size = 1 << 20  # 0.05 Hz a bin
    spectrum = np.abs(np.fft.rfft(string * np.hanning(string.size), size))
    hz = np.fft.rfftfreq(size, 1 / RATE_HZ)
    near = np.abs(hz / pitch_hz - 1) < 0.05
    found_hz = hz[near][np.argmax(spectrum[near])]
    cents = 1200 * np.log2(found_hz / pitch_hz)
    assert abs(cents) < 3


def test_room_lifts_its_modes_by_what_it_says() -> None:
    modes = (synthesizer.RingingMode(500.0, 24, 0.8), synthesizer.RingingMode(1500.0, 12, 0.5))
    quiet = np.random.default_rng(1)
    response = synthesizer.room_response(modes, RATE_HZ, quiet)
    tail = synthesizer.room_response((), RATE_HZ, np.random.default_rng(1))
    tail[0] = 0  # the diffuse part alone is chance
    spectrum = np.abs(np.fft.rfft(response - tail, 1 << 18))
    for mode in modes:
        lift_db = 20 * np.log10(spectrum[round(mode.hz * (1 << 18) / RATE_HZ)])
        assert abs(lift_db - mode.lift_db) < 1


def test_picture_s_curve_is_the_gain() -> None:
    """A band cut by 12 dB shows −12 dB there and 0 elsewhere."""
    rng = np.random.default_rng(1)
    before = rng.standard_normal((2, 3 * RATE_HZ))
    spectrum = np.fft.rfft(before)
    hz = np.fft.rfftfreq(before.shape[1], 1 / RATE_HZ)
    spectrum[:, (hz > 900) & (hz < 1800)] *= 10 ** (-12 / 20)
    after = np.fft.irfft(spectrum, before.shape[1])
    powers = [
        comparison.band_powers(sound.astype(np.float32), RATE_HZ) for sound in (before, after)
    ]
    gain_db = comparison.mean_gain_db(*powers)
    bands_hz = comparison.band_centers_hz()
    inside = (bands_hz > 1000) & (bands_hz < 1600)
    outside = (bands_hz < 700) | (bands_hz > 2200)
    np.testing.assert_allclose(gain_db[inside], -12, atol=0.5)
    np.testing.assert_allclose(gain_db[outside], 0, atol=0.1)


def test_spectrogram_shows_a_tone_where_it_is() -> None:
    bands_hz = comparison.band_centers_hz()
    for tone_hz in (100.0, 1000.0, 9000.0):
        tone = np.sin(2 * np.pi * tone_hz * np.arange(RATE_HZ) / RATE_HZ)[np.newaxis]
        power = comparison.band_powers(tone.astype(np.float32), RATE_HZ)[:, 40]
        assert abs(np.log2(bands_hz[np.argmax(power)] / tone_hz)) < 1 / 12


@pytest.fixture(scope="module")
def rendered(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo")
    return folder, list(demo.render_demo(folder))


def test_demo_writes_what_it_says(rendered, read_audio) -> None:
    folder, lines = rendered
    written = sorted(path.name for path in folder.iterdir())
    assert written == ["after.wav", "before.wav", "removed.wav", "spectrogram.png"]
    assert [line.split(":")[0] for line in lines] == [
        str(folder / name) for name in ("before.wav", "after.wav", "removed.wav", "spectrogram.png")
    ]
    before, after, removed = (
        read_audio(folder / f"{n}.wav") for n in ("before", "after", "removed")
    )
    assert before.shape == (2, 8 * demo.SAMPLE_RATE_HZ)
    assert 0.5 < np.max(np.abs(before)) < 1
    np.testing.assert_allclose(after + removed, before, atol=1e-6)
    assert (folder / "spectrogram.png").read_bytes().startswith(b"\x89PNG")


def test_ringing_is_tamed(rendered, read_audio) -> None:
    folder, _ = rendered
    powers = [
        comparison.band_powers(read_audio(folder / name), demo.SAMPLE_RATE_HZ)
        for name in ("before.wav", "after.wav")
    ]
    gain_db = comparison.mean_gain_db(*powers)
    bands_hz = comparison.band_centers_hz()
    for mode in demo.ROOM_MODES:
        near = np.abs(np.log2(bands_hz / mode.hz)) < 1 / 12
        assert np.min(gain_db[near]) < -5
    assert np.median(gain_db) > -5  # and the rest is not


def test_phrase_is_the_same_on_every_run(rendered, read_audio) -> None:
    folder, _ = rendered
    np.testing.assert_allclose(read_audio(folder / "before.wav"), demo.play_phrase(), atol=2**-23)
