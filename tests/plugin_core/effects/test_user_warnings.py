"""What an effect warns of: a lost band and another scale, at the user's own line."""

import warnings
from pathlib import Path

import numpy as np
import pytest
from papers import PAPERS
from pedalboard import Gain
from tonecast import BandwidthWarning, Board, Effect
from tonecast.plugin_core.effects.bandwidth import bandwidth_note
from tonecast.plugin_core.effects.scale import scale_note

LOST = "eq-lowshelf plays up to 8 kHz; what is above is lost"


@pytest.mark.parametrize(
    ("model_rate_hz", "rate_hz", "note"),
    [
        (16000, 44100, "plays up to 8 kHz; what is above is lost"),
        (16000, 16000, ""),
        (16000, 8000, ""),
        (22050, 44100, "plays up to 11.025 kHz; what is above is lost"),
        (32000, 48000, "plays up to 16 kHz; what is above is lost"),
        (44100, 96000, ""),  # nobody hears that
        (48000, 192000, ""),
    ],
)
def test_note_tells_what_is_lost_and_only_that(model_rate_hz, rate_hz, note) -> None:
    assert bandwidth_note(model_rate_hz, rate_hz) == note


def test_lost_band_is_warned_of_once_for_each_rate(noise) -> None:
    effect = Effect(PAPERS["eq-lowshelf"])
    audio = noise(1, 1000)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for rate_hz in (44100, 44100, 48000, 44100, 16000):
            effect(audio, rate_hz)
            effect.latency_samples(rate_hz)
            effect.stream(rate_hz)
    assert [str(one.message) for one in caught] == [LOST, LOST]
    assert {one.category for one in caught} == {BandwidthWarning}
    assert {Path(one.filename) for one in caught} == {Path(__file__)}


def test_stream_and_board_warn_of_the_user_s_line(noise) -> None:
    with pytest.warns(BandwidthWarning, match=LOST) as caught:
        Effect(PAPERS["eq-lowshelf"]).stream(44100)
        Board([Gain(), Board([Effect(PAPERS["eq-lowshelf"])])])(noise(2, 1000), 44100)
    assert len(caught) == 2
    assert {Path(one.filename) for one in caught} == {Path(__file__)}


def test_warning_can_be_turned_off(noise) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", BandwidthWarning)
        Effect(PAPERS["eq-lowshelf"])(noise(1, 1000), 44100)


@pytest.mark.parametrize(
    ("peak", "note"),
    [
        (0.0, ""),
        (10.0, ""),  # 20 dB over full scale: loud, but a sound
        (128.0, ""),
        (1000.0, "look like 16-bit integers; divide them by 32768"),
        (32767.0, "the samples reach 32767, where full scale is 1: they look like 16-bit integers"),
        (32768.0, "16-bit integers"),
        (8388607.0, "look like 24-bit integers; divide them by 8388608"),
        (2147483648.0, "look like 32-bit integers; divide them by 2147483648"),
        (1e12, "the samples reach 1e+12, where full scale is 1; divide them by their full scale"),
    ],
)
def test_note_names_the_scale(peak, note) -> None:
    assert (note in scale_note(peak)) if note else scale_note(peak) == ""


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_integers_as_floats_are_warned_of(effect, noise, dtype) -> None:
    integers = np.rint(32767 * noise(2, 3000) / 0.6).astype(dtype)
    integers[0, 100] = -32768
    for play in (
        lambda: effect(integers, 48000),
        lambda: effect.process(integers.T, 48000, reset=False),
        lambda: Board([Gain(-60), effect])(integers, 48000),
        lambda: effect.stream(48000).process(integers),
    ):
        with pytest.warns(RuntimeWarning, match="32768, where full .*16-bit integers") as caught:
            play()
        assert len(caught) == 1
        assert Path(caught[0].filename) == Path(__file__)


def test_stream_warns_of_the_scale_once(effect, noise) -> None:
    stream = effect.stream(48000)
    loud = 30000 * noise(2, 1000)
    with pytest.warns(RuntimeWarning, match="16-bit"):
        stream.process(loud)
    stream.process(loud)


def test_nan_beside_a_sound_says_nothing_of_its_scale(effect, noise) -> None:
    audio = noise(1, 1000)
    audio[0, :3] = [np.nan, np.inf, -np.inf]
    with pytest.warns(RuntimeWarning) as caught:
        effect(audio, 48000)
    assert ["NaN" in str(one.message) for one in caught] == [True]
