"""Pairs whose dry sound is a standard recording: aligned by its clicks, split by its parts."""

import re

import numpy as np
import pytest
from pedalboard import Distortion, HighpassFilter, Pedalboard
from tonecast.models.capture.split import spans_of
from tonecast.models.data.pair.pair import Pair, read_pair
from tonecast.models.data.protocol import layout

RATE_HZ = 16_000
LATE = 345
BOX = Pedalboard([HighpassFilter(80), Distortion(12)])


def said(pair: Pair) -> dict[str, str]:
    return {result.check: result.message for result in pair.check_results}


def played(dry: np.ndarray) -> np.ndarray:
    return 0.5 * np.pad(BOX(dry, RATE_HZ), (LATE, 0))


def noise_like(sound: np.ndarray, db: float) -> np.ndarray:
    noise = np.random.default_rng(1).standard_normal(len(sound))
    return (10 ** (db / 20) * noise).astype(np.float32)


def assert_late(messages: dict[str, str]) -> None:
    """Exactly, or a sample early: a click that was resampled rings before it begins."""
    assert re.match(rf"wet.wav is ({LATE}|{LATE - 1})\.0 samples", messages["delay"])


def test_protocol_through_a_noisy_box_that_inverts(write, protocol) -> None:
    wet = -played(protocol)
    wet += noise_like(wet, -60)
    pair = read_pair(write("dry.wav", protocol), write("wet.wav", wet))
    messages = said(pair)
    assert "is Tonecast's recording protocol" in messages["standard recording"]
    assert_late(messages)
    assert "inverted" in messages["polarity"]
    assert "measured by 8 of the clicks" in messages["clicks"]
    assert "gain of" in messages["gain"]
    assert "-60 dBFS" in messages["noise"]
    assert pair.parts is not None
    test = pair.dry[slice(*pair.parts.test)]
    wanted = protocol[round(layout.TEST.begin_s * RATE_HZ) :][: len(test)]
    np.testing.assert_allclose(test, wanted, atol=1e-6)
    spans = spans_of(pair)
    for (first, end), part in zip(
        (*spans.training, *spans.validation, *spans.test),
        (layout.TRAINING, layout.VALIDATION, layout.TEST),
        strict=True,
    ):
        assert end - first == pytest.approx((part.end_s - part.begin_s) * RATE_HZ, abs=2)


def test_protocol_that_was_stopped_before_the_test(write, protocol) -> None:
    wet = played(protocol)[: 130 * RATE_HZ]
    pair = read_pair(write("dry.wav", protocol), write("wet.wav", wet))
    assert pair.parts is None
    assert "does not hold all parts" in said(pair)["standard recording"]
    assert_late(said(pair))


def test_drift_is_measured_along_the_whole(write, nam_3) -> None:
    wet = played(nam_3)
    places = np.arange(len(wet)) * (1 - 40e-6)
    drifting = np.interp(places, np.arange(len(wet)), wet).astype(np.float32)
    messages = said(read_pair(write("dry.wav", nam_3), write("wet.wav", drifting)))
    assert "changes after the first click" in messages["clicks"]
    assert "ppm" in messages["clock"]


def test_layout_of_nam_is_recognised_at_another_rate_and_repeats(write, nam_3) -> None:
    wet = played(nam_3)
    pair = read_pair(write("dry.wav", nam_3), write("wet.wav", wet))
    messages = said(pair)
    assert "NAM's input file, version 3" in messages["standard recording"]
    assert "resampled to 16000 Hz" in messages["standard recording"]
    assert messages["delay"].startswith(f"wet.wav is {LATE}.0 samples")
    assert "repeats itself" in messages["repetition"]
    assert pair.parts is not None
    assert np.ptp(pair.parts.test) == pytest.approx(9 * RATE_HZ, abs=0.2 * RATE_HZ)
    last_s = 9
    wet[-last_s * RATE_HZ :] *= 0.7
    again = read_pair(write("dry.wav", nam_3), write("wet.wav", wet))
    assert "a knob that was turned" in said(again)["repetition"]


def test_recording_that_fits_nothing_is_used_as_any_other(write, performance) -> None:
    wet = 0.5 * BOX(performance, RATE_HZ)
    pair = read_pair(write("dry.wav", performance), write("wet.wav", wet))
    assert pair.parts is None
    assert not {"standard recording", "clicks"} & set(said(pair))
