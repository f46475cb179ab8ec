"""What a dry file is taken for, by its content."""

import hashlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
from tonecast.models.data.pair.standard import nam_input
from tonecast.models.data.pair.standard.recognition import recognise
from tonecast.models.data.pair.standard.standard import Standard
from tonecast.models.data.protocol import layout

RATE_HZ = 16_000


def recognised(path, dry, rate_hz: int = RATE_HZ) -> tuple[Standard | None, str]:
    standard, results = recognise(path, dry, rate_hz)
    return standard, " ".join(result.message for result in results)


@pytest.mark.parametrize("gain", [1.0, 0.3, -0.5])
def test_protocol_at_any_level_and_place(write, protocol, gain: float) -> None:
    moved = gain * np.pad(protocol, (3 * RATE_HZ, 5))
    standard, message = recognised(write("take 1.wav", moved), moved)
    assert standard is not None
    assert message == (
        "take 1.wav is Tonecast's recording protocol: its parts for training and test are used."
    )
    assert standard.protocol_begin_s == pytest.approx(3, abs=1e-4)
    assert standard.test == pytest.approx((layout.TEST.begin_s + 3, layout.TEST.end_s + 3))


def test_part_of_the_protocol_is_named(write, protocol) -> None:
    cut = protocol[: 100 * RATE_HZ]
    standard, message = recognised(write("cut.wav", cut), cut)
    assert standard is None
    assert "cut.wav holds only a part of Tonecast's recording protocol" in message
    assert "--make-input" in message


def test_inputs_of_nam_are_known_by_the_digests_of_their_ends(
    tmp_path: Path, performance, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With digests of our own file, made as NAM makes its: the real files are not at hand."""
    whole = np.round(np.tile(performance, 3).astype(np.float64) * 2**23)  # 18 s
    first, last = (
        hashlib.md5((part / 2**23).astype("<f8").tobytes()).hexdigest()
        for part in (whole[: 7 * RATE_HZ], whole[-9 * RATE_HZ :])
    )
    versions = [
        replace(version, sample_rate_hz=RATE_HZ, digests=((first, last),))
        for version in nam_input.VERSIONS
        if version.name.endswith("version 1")
    ]
    monkeypatch.setattr(nam_input, "VERSIONS", versions)

    def read(sound) -> tuple[Standard | None, str]:
        path = tmp_path / "input.wav"
        soundfile.write(path, sound.astype(np.int32) << 8, RATE_HZ, "PCM_24")
        return recognised(path, (sound / 2**23).astype(np.float32))

    standard, message = read(whole)
    assert standard is not None
    assert message.startswith("input.wav is NAM's input file, version 1: its parts")
    assert standard.clicks_s == (0.25, 0.75)
    assert standard.training == pytest.approx((0, 8.9))
    assert standard.validation == standard.test == pytest.approx((9, 18))
    whole[100] += 1
    assert read(whole) == (None, "")


def test_every_version_says_where_its_parts_are() -> None:
    for version in nam_input.VERSIONS:
        standard = nam_input.standard_of(version, 190.0)
        assert 0 <= standard.training[0] < standard.training[1] <= 190
        assert standard.validation[1] <= standard.training[0] or (
            standard.training[1] <= standard.validation[0]
        )
        assert standard.training[1] <= standard.test[0] < standard.test[1] <= 190
        assert all(0 < click_s < 190 for click_s in standard.clicks_s)
    assert [version.repeats for version in nam_input.VERSIONS] == [True, True, False, False]


def test_input_of_nam_that_was_cut_or_is_of_an_unknown_version_is_named(write, nam_3) -> None:
    for changed in (nam_3[5 * RATE_HZ :], nam_3[: 40 * RATE_HZ]):
        standard, message = recognised(write("input.wav", changed), changed)
        assert standard is None
        assert "looks like an input file of NAM that was cut, or of a version not known" in message


def test_click_track_and_music_are_neither(write, performance) -> None:
    ticks = np.zeros(20 * RATE_HZ, np.float32)
    ticks[RATE_HZ::RATE_HZ] = 0.9
    assert recognised(write("ticks.wav", ticks), ticks) == (None, "")
    assert recognised(write("music.wav", performance), performance) == (None, "")
