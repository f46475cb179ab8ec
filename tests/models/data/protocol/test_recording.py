"""The recording that is written: its sections are where the layout says, and it comes back."""

from pathlib import Path

import numpy as np
import pytest
from pedalboard import Distortion, HighpassFilter, Pedalboard
from pedalboard.io import ReadableAudioFile, WriteableAudioFile
from tonecast.models.data.pair.pair import read_pair
from tonecast.models.data.pair.standard.device_levels import tone_db
from tonecast.models.data.protocol import layout
from tonecast.models.data.protocol.recording import make_recording, write_recording

RATE_HZ = layout.SAMPLE_RATE_HZ


@pytest.fixture(scope="module")
def recording() -> np.ndarray:
    return make_recording()


def part(recording: np.ndarray, of: layout.Part) -> np.ndarray:
    return recording[round(of.begin_s * RATE_HZ) : round(of.end_s * RATE_HZ)]


def test_same_samples_on_every_run_within_full_scale(recording: np.ndarray) -> None:
    np.testing.assert_array_equal(make_recording(), recording)
    assert len(recording) == round(layout.END_S * RATE_HZ)
    assert 0.8 < np.abs(recording).max() < 0.95


def test_every_section_is_where_the_layout_says(recording: np.ndarray) -> None:
    for click in (*layout.FIRST_CLICKS, *layout.LAST_CLICKS):
        at = round(click.time_s * RATE_HZ)
        assert recording[at] == np.float32(click.level)
        assert not recording[at - 2000 : at - 2].any()
        assert not recording[at + 3 : at + 2000].any()
    assert not part(recording, layout.NOISE_FLOOR).any()
    for tone, level_db in zip(layout.TONES, layout.TONE_LEVELS_DB, strict=True):
        middle = part(recording, tone)[RATE_HZ // 10 : -RATE_HZ // 10]
        assert tone_db(middle, RATE_HZ) == pytest.approx(level_db, abs=0.01)
    for sweep, level_db in zip(layout.SWEEPS, layout.SWEEP_LEVELS_DB, strict=True):
        peak = np.abs(part(recording, sweep)).max()
        assert 20 * np.log10(peak) == pytest.approx(level_db, abs=0.1)
    for noise, level_db in zip(layout.NOISES, layout.NOISE_LEVELS_DB, strict=True):
        power = np.square(part(recording, noise), dtype=np.float64).mean()
        assert 10 * np.log10(power) == pytest.approx(level_db, abs=1)
    for playing in (layout.PLAYING, layout.VALIDATION, layout.TEST):
        seconds = part(recording, playing).reshape(-1, RATE_HZ)
        assert (np.abs(seconds).max(axis=1) > 0.001).all()
        assert np.abs(seconds).max() > 0.3


def test_pauses_between_the_parts_are_silent(recording: np.ndarray) -> None:
    """The device comes to rest, and a cut there cuts nothing off."""
    parts = (*layout.SWEEPS, layout.PLAYING, layout.VALIDATION, layout.TEST)
    for end_s in (each.end_s for each in parts):
        assert not part(recording, layout.Part(end_s, end_s + 0.3)).any()


def test_file_through_a_box_is_aligned_to_the_sample(tmp_path: Path) -> None:
    dry_path, wet_path = tmp_path / "input.wav", tmp_path / "wet.wav"
    write_recording(dry_path)
    with ReadableAudioFile(str(dry_path)) as file:
        assert (file.samplerate, file.num_channels, file.file_dtype) == (RATE_HZ, 1, "int24")
        dry = file.read(file.frames)
    box = Pedalboard([HighpassFilter(80), Distortion(15)])
    with WriteableAudioFile(str(wet_path), RATE_HZ, 1, 24) as file:
        file.write(np.pad(0.4 * box(dry, RATE_HZ), ((0, 0), (1234, 0))))
    messages = {
        result.check: result.message for result in read_pair(dry_path, wet_path).check_results
    }
    assert "wet.wav is 1234.0 samples" in messages["delay"]
    assert "measured by 8 of the clicks" in messages["clicks"]


def test_nothing_is_overwritten_and_a_failure_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = tmp_path / "taken.wav"
    taken.write_bytes(b"mine")
    with pytest.raises(ValueError, match=r"taken\.wav is there already"):
        write_recording(taken)
    assert taken.read_bytes() == b"mine"
    with pytest.raises(ValueError, match=r"ends in \.wav"):
        write_recording(tmp_path / "input.flac")
    failing = "tonecast.models.data.protocol.recording.make_recording"
    monkeypatch.setattr(failing, lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        write_recording(tmp_path / "input.wav")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["taken.wav"]
