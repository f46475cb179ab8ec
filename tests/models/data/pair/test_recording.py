import numpy as np
import pytest
from scipy.signal import resample_poly
from tonecast.models.data.pair import recording
from tonecast.models.data.pair.recording import common_rate_hz, one_channel, read_both


def test_two_rates_become_the_lower_one_and_it_is_said(write, performance) -> None:
    fast = resample_poly(performance, 2, 1)
    dry, wet, (said,) = read_both(write("dry.wav", performance), write("wet.wav", fast, 32_000))
    assert dry.sample_rate_hz == wet.sample_rate_hz == 16_000
    assert abs(dry.audio.shape[1] - wet.audio.shape[1]) < 50
    assert (said.kind, said.message) == (
        "corrected",
        "wet.wav from 32000 Hz resampled to 16000 Hz, the effect's own rate.",
    )


@pytest.mark.parametrize(
    ("dry_hz", "wet_hz", "wanted_hz"),
    [(44_100, 44_100, 44_100), (96_000, 96_000, 48_000), (192_000, 88_200, 44_100)],
)
def test_rate_is_48_khz_at_most(dry_hz: int, wet_hz: int, wanted_hz: int) -> None:
    assert common_rate_hz(dry_hz, wet_hz) == wanted_hz


def test_one_sound_in_two_channels_is_mono(write, performance) -> None:
    """An interface that records two inputs of which one is used, and a mono track in stereo."""
    hiss = 1e-4 * np.random.default_rng(1).standard_normal(performance.size)
    empty = write("empty.wav", np.stack([hiss, performance]))
    twice = write("twice.wav", np.stack([performance, performance]))
    dry, wet, results = one_channel(*read_both(empty, twice)[:2])
    np.testing.assert_allclose(dry, performance, atol=1e-6)
    np.testing.assert_allclose(wet, performance, atol=1e-6)
    assert not results


def test_mono_and_stereo_are_no_pair(write, performance, another_performance) -> None:
    mono = write("mono.wav", performance)
    stereo = write("stereo.wav", np.stack([performance, another_performance]))
    with pytest.raises(
        ValueError, match=r"mono.wav has one channel and .*2 different channels; ex"
    ):
        one_channel(*read_both(mono, stereo)[:2])


def test_of_two_channels_one_is_learned_and_none_are_mixed(
    write, performance, another_performance
) -> None:
    path = write("stereo.wav", np.stack([performance, another_performance]))
    dry, _, (said,) = one_channel(*read_both(path, path)[:2])
    np.testing.assert_allclose(dry, performance, atol=1e-6)
    assert said.kind == "warning"
    assert "the first is used" in said.message


def test_unreadable_recording_is_named(write, performance, tmp_path) -> None:
    good = write("good.wav", performance)
    (tmp_path / "text.wav").write_text("hello")
    with pytest.raises(ValueError, match=r"text.wav is not audio that can be read"):
        read_both(good, tmp_path / "text.wav")
    with pytest.raises(ValueError, match=r"none.wav: there is no such file"):
        read_both(tmp_path / "none.wav", good)
    with pytest.raises(
        ValueError, match=r"slow.wav has a sample rate of 4000 Hz; record with 8000"
    ):
        read_both(good, write("slow.wav", performance, 4000))
    broken = performance.copy()
    broken[7] = np.nan
    with pytest.raises(ValueError, match=r"nan.wav holds NaN or infinite samples"):
        read_both(write("nan.wav", broken, bits=32), good)


def test_what_exceeds_twenty_minutes_is_said(
    write, performance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recording, "MAX_S", 4.0)
    long, short = write("long.wav", performance), write("short.wav", performance[:48_000])
    dry, wet, results = read_both(long, short)
    assert (dry.audio.shape[1], wet.audio.shape[1]) == (64_000, 48_000)
    assert [result.check for result in results] == ["sample rate", "length"]
    assert results[1].kind == "warning"
    assert "minutes are used of long.wav, which lasts 0.1 minutes. That" in results[1].message
    assert len(read_both(short, short)[2]) == 1
