"""Gate, tone, cabinet and stereo around an effect's model."""

import pickle
from pathlib import Path

import numpy as np
import pytest
import soundfile
from tonecast import Effect, Error

RATE_HZ = 48000
SAMPLES = 20_000


@pytest.fixture
def cabinet(tmp_path: Path) -> Path:
    """Two channels that die away, as a file."""
    taps = (
        np.random.default_rng(3).standard_normal((3000, 2))
        * np.exp(-np.arange(3000) / 300)[:, None]
    )
    path = tmp_path / "cab.wav"
    soundfile.write(path, 0.1 * taps, RATE_HZ, "FLOAT")
    return path


def convolved(audio: np.ndarray, path: Path) -> np.ndarray:
    """With the file, scaled to an energy of 1."""
    taps = soundfile.read(path)[0].T
    taps = taps / np.sqrt(np.mean(np.sum(taps**2, axis=1)))
    samples = audio.shape[1]
    return np.stack([np.convolve(x, h)[:samples] for x, h in zip(audio, taps, strict=True)])


def test_a_cabinet_convolves_what_the_model_gives(cabinet, noise) -> None:
    audio = noise(2, SAMPLES)
    plain = Effect("resonance-eq")(audio, RATE_HZ)
    effect = Effect("resonance-eq", cabinet=cabinet)
    out = effect(audio, RATE_HZ)
    np.testing.assert_allclose(out, convolved(plain, cabinet), atol=1e-5)
    assert effect.latency_samples(RATE_HZ) == Effect("resonance-eq").latency_samples(RATE_HZ)
    effect.cabinet = None
    np.testing.assert_array_equal(effect(audio, RATE_HZ), plain)
    assert effect.cabinet is None


def test_a_cabinet_sounds_alike_at_every_rate(cabinet, noise) -> None:
    effect = Effect("resonance-eq", cabinet=cabinet, mix=1.0)
    tone = (0.1 * np.sin(2 * np.pi * 1000 * np.arange(96_000) / 96_000)).astype(np.float32)
    high = effect(tone, 96_000)
    low = effect(tone[::2].copy(), 48_000)
    level = [np.sqrt(np.mean(out[len(out) // 2 :] ** 2)) for out in (high, low)]
    assert level[0] == pytest.approx(level[1], rel=0.02)


def test_a_stream_plays_the_same_and_has_a_chain_of_its_own(cabinet, noise) -> None:
    audio = noise(2, SAMPLES)
    effect = Effect("resonance-eq", cabinet=cabinet, stereo="mid-side", bass_db=6, gate_db=-50)
    expected = effect(audio, RATE_HZ)
    with effect.stream(RATE_HZ, channels=2) as stream:
        effect.cabinet, effect.stereo = None, "linked"
        assert (stream.cabinet, stream.stereo) == (cabinet, "mid-side")
        parts = [stream.process(audio[:, at : at + 480]) for at in range(0, SAMPLES, 480)]
        late = stream.latency_samples
        parts.append(stream.process(np.zeros((2, late), np.float32)))
    np.testing.assert_array_equal(np.concatenate(parts, axis=1)[:, late:], expected)


def test_tone_and_gate_are_parameters(noise) -> None:
    audio = noise(1, SAMPLES)
    effect = Effect("resonance-eq", treble_db=12)
    plain = Effect("resonance-eq")
    assert np.std(effect(audio, RATE_HZ)) > 2 * np.std(plain(audio, RATE_HZ))
    plain.gate_db = 0.0
    assert not plain(audio, RATE_HZ).any()
    with pytest.raises(ValueError, match="bass_db goes from -12 to 12 dB; 13 is outside"):
        plain.bass_db = 13


def test_a_copy_has_the_chain(cabinet, noise) -> None:
    audio = noise(2, SAMPLES)
    effect = Effect("resonance-eq", cabinet=cabinet, stereo="dual")
    copy = pickle.loads(pickle.dumps(effect))
    assert (copy.cabinet, copy.stereo) == (cabinet, "dual")
    np.testing.assert_array_equal(copy(audio, RATE_HZ), effect(audio, RATE_HZ))
    assert repr(copy).endswith(f"cabinet={str(cabinet)!r}, stereo='dual')")


def test_what_is_no_cabinet_is_refused_by_name(tmp_path) -> None:
    effect = Effect("resonance-eq")
    silent, long, wide = (tmp_path / f"{name}.wav" for name in ("silent", "long", "wide"))
    soundfile.write(silent, np.zeros((100, 1)), RATE_HZ)
    soundfile.write(long, np.ones((10 * 8000 + 1, 1)) / 2, 8000)
    soundfile.write(wide, np.ones((100, 4)) / 2, RATE_HZ)
    for path, wrong in [
        (silent, r"silent\.wav: the impulse response is silent"),
        (long, r"long\.wav: the impulse response is longer than 10 s"),
        (wide, r"wide\.wav: an impulse response of 4 channels"),
        (tmp_path / "none.wav", r"none\.wav: there is no such file"),
    ]:
        with pytest.raises(Error, match=wrong):
            effect.cabinet = path
        with pytest.raises(Error, match=wrong):
            Effect("resonance-eq", cabinet=path)
    assert effect.cabinet is None
    with pytest.raises(ValueError, match="stereo is linked, dual or mid-side, not 'wide'"):
        effect.stereo = "wide"
