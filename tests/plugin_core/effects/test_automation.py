"""Controls that move by themselves: what is heard of it, and what is said where it cannot be."""

import itertools
import shutil
import warnings
from types import SimpleNamespace

import numpy as np
import pytest
from tonecast import Effect, Error, shipped_effects
from tonecast.models.listening.resonances import Resonance, add
from tonecast.models.listening.synthetic_mix import synthetic_mix
from tonecast.plugin_core._engine import testing
from tonecast.plugin_core.cli.live.command import KeyBindings
from tonecast.plugin_core.effect_files.catalog import Catalog
from tonecast.plugin_core.effects import automation

RATE_HZ = 48000
DEFAULT = Effect("resonance-eq").attenuation


@pytest.fixture
def louder_and_louder(noise):
    """Two seconds of stereo noise whose level rises from nothing."""
    audio = noise(2, 2 * RATE_HZ)
    return audio * np.linspace(0, 2, audio.shape[1], dtype=np.float32)


def auto(path) -> str:
    return f"auto:{path}"


def test_constant_prediction_sounds_like_the_number(predictor, noise) -> None:
    audio = noise(2, RATE_HZ)
    by_hand = Effect("resonance-eq")
    by_itself = Effect("resonance-eq", attenuation=auto(predictor(gain=0, offset=DEFAULT)))
    np.testing.assert_array_equal(by_itself(audio, RATE_HZ), by_hand(audio, RATE_HZ))


def test_readings_tell_what_was_predicted_and_how_far_it_was_followed(
    predictor, louder_and_louder
) -> None:
    effect = Effect("resonance-eq", attenuation=auto(predictor()))
    assert effect.attenuation.startswith("auto:")
    effect(louder_and_louder, RATE_HZ)
    found = effect.automation_trace()
    assert len(found) == len(found.time_s) == len(found.predicted) == len(found.applied)
    assert found.predicted[0] == found.applied[0] == np.float32(DEFAULT)
    # The first window ends after half a second, and counts a period later; the resampler looks
    # ahead by a few milliseconds.
    assert found.time_s[1] == pytest.approx(0.6, abs=0.005)
    np.testing.assert_allclose(np.diff(found.time_s[1:]), 0.1, atol=1e-4)

    heard = [testing.resample(channel[None], RATE_HZ, 22050)[0] for channel in louder_and_louder]
    for k, predicted in enumerate(found.predicted[1:]):
        window = np.stack(heard)[:, k * 2205 : k * 2205 + 11025]
        assert predicted == pytest.approx(4 * np.abs(window).mean(), abs=1e-5)
    # One time constant of two periods, from the default on.
    follows = np.float64(DEFAULT)
    for k in range(1, len(found)):
        assert found.applied[k] == pytest.approx(follows, abs=1e-3)
        follows = found.predicted[k] + (follows - found.predicted[k]) * np.exp(-0.5)


def test_predicted_value_is_heard(predictor, louder_and_louder) -> None:
    """The end, where the prediction stands near 1, sounds as with attenuation 1."""
    soon = Effect("resonance-eq", attenuation=auto(predictor(gain=100, smoothing_s=0)))
    full = Effect("resonance-eq", attenuation=1.0)
    tail = slice(-RATE_HZ // 2, None)
    heard = soon(louder_and_louder, RATE_HZ)[:, tail]
    np.testing.assert_array_equal(heard, full(louder_and_louder, RATE_HZ)[:, tail])


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("rate_hz", [8000, 44100, 48000, 96000])
def test_blocks_of_any_length_give_the_same_curve_and_sound(
    predictor, noise, rate_hz, channels
) -> None:
    audio = noise(channels, rate_hz)
    effect = Effect("resonance-eq", attenuation=auto(predictor()))
    whole = effect(audio, rate_hz)
    expected = effect.automation_trace()
    assert len(expected) >= 5
    rng = np.random.default_rng(4)
    with effect.stream(rate_hz, max_block=9000, channels=channels) as stream:
        for largest in (300, 9000):
            stream.reset()
            cuts = np.cumsum(rng.integers(1, largest, rate_hz // largest * 2)).clip(0, rate_hz)
            cuts = np.unique([0, *cuts, *range(0, rate_hz, 9000), rate_hz])
            blocks = [audio[:, a:b] for a, b in itertools.pairwise(cuts)]
            played = [stream.process(block) for block in blocks]
            found = stream.automation_trace()
            played.append(stream.flush())
            late = stream.latency_samples
            np.testing.assert_array_equal(np.concatenate(played, axis=1)[:, late:], whole)
            for name in ("time_s", "predicted", "applied"):  # the flush goes on a little longer
                shown, wanted = getattr(found, name), getattr(expected, name)
                np.testing.assert_array_equal(shown, wanted[: len(shown)])
            assert len(found) >= len(expected) - 1


@pytest.mark.parametrize("changed_s", [0.3, 0.5, 0.77])
def test_later_input_changes_nothing_sooner_than_a_period(predictor, noise, changed_s) -> None:
    audio = noise(2, 3 * RATE_HZ // 2)
    other = audio.copy()
    other[:, int(changed_s * RATE_HZ) :] *= 3
    effect = Effect("resonance-eq", attenuation=auto(predictor(smoothing_s=0)))
    effect(audio, RATE_HZ)
    before = effect.automation_trace()
    effect(other, RATE_HZ)
    after = effect.automation_trace()
    np.testing.assert_array_equal(before.time_s, after.time_s)
    differs = before.predicted != after.predicted
    assert before.time_s[differs].min() >= changed_s + 0.1
    assert before.time_s[differs].min() <= max(changed_s, 0.5) + 0.1 + 0.11


def test_number_again_and_auto_again(predictor, noise) -> None:
    audio = noise(2, RATE_HZ)
    path = predictor()
    effect = Effect("resonance-eq", attenuation=auto(path))
    moved = effect(audio, RATE_HZ)
    effect.attenuation = 0.7
    assert effect.attenuation == 0.7
    assert effect.automatic == {}
    by_hand = Effect("resonance-eq", attenuation=0.7)
    np.testing.assert_array_equal(effect(audio, RATE_HZ), by_hand(audio, RATE_HZ))
    assert len(effect.automation_trace()) == 0
    effect.attenuation = auto(path)
    np.testing.assert_array_equal(effect(audio, RATE_HZ), moved)
    # The other rate is another model's; the predictor goes with the effect.
    assert len(effect(audio, 44100)) and len(effect.automation_trace()) > 4


def test_stream_may_be_switched_while_it_plays(predictor, noise) -> None:
    path = predictor(gain=0, offset=0.9)
    with Effect("resonance-eq", attenuation=0.1).stream(RATE_HZ, RATE_HZ, 2) as stream:
        stream.process(noise(2, RATE_HZ))
        stream.attenuation = auto(path)  # begins to listen now
        stream.process(noise(2, RATE_HZ))
        found = stream.automation_trace()
        assert found.time_s[0] == 1.0
        assert found.applied[0] == np.float32(0.1)
        assert stream.automatic["attenuation"] > 0.7
        stream.step("attenuation", 0.02)  # taken over from where it stands
        assert 0.7 < stream.attenuation < 1
        stream.process(noise(2, 4800))
        count = len(stream.automation_trace())
        stream.attenuation = auto(path)  # has listened on: the next prediction is at hand
        stream.process(noise(2, 10000))
        assert len(stream.automation_trace()) >= count + 2


def test_auto_is_the_predictor_that_the_contract_names(predictor, noise, own_effects) -> None:
    path = predictor(name="attenuation-live")
    shutil.copy(path, own_effects)
    audio = noise(2, RATE_HZ)
    effect = Effect("resonance-eq", attenuation="auto")
    assert effect.attenuation == "auto"
    assert "attenuation='auto'" in repr(effect)
    by_path = Effect("resonance-eq", attenuation=auto(path))
    np.testing.assert_array_equal(effect(audio, RATE_HZ), by_path(audio, RATE_HZ))
    with effect.stream(RATE_HZ) as stream:
        assert stream.attenuation == "auto"


@pytest.mark.parametrize("seed", [900, 901, 902])
def test_ringing_mix_is_turned_down_more(seed) -> None:
    """By the predictor that ships: made-up mixes that it has not heard, with and without."""
    effect = Effect("resonance-eq", attenuation="auto")
    plain = synthetic_mix(seed, 3.0, RATE_HZ).astype(np.float32)
    resonances = tuple(Resonance(hz, 30, 18) for hz in (180.0, 310.0, 440.0, 900.0, 2200.0))
    factors = []
    for audio in (plain, add(plain, resonances, RATE_HZ)):
        effect(0.5 * audio / np.abs(audio).max(), RATE_HZ)
        factors.append(effect.automation_trace().predicted[1:].mean())
    assert factors[1] > factors[0] + 0.05


def hide_predictor(monkeypatch: pytest.MonkeyPatch) -> None:
    """Play as if no attenuation-live were installed."""
    entries = {k: v for k, v in shipped_effects().items() if k != "attenuation-live"}
    monkeypatch.setattr(automation, "read_catalog", lambda: Catalog(entries, (), ()))


def test_predictor_that_is_not_there_is_named(monkeypatch) -> None:
    hide_predictor(monkeypatch)
    with pytest.raises(Error, match="'attenuation-live' is not installed; name a file"):
        Effect("resonance-eq", attenuation="auto")


def robust_inputs() -> dict[str, tuple[np.ndarray, int]]:
    rng = np.random.default_rng(2)
    loud = rng.uniform(-1, 1, (2, RATE_HZ)).astype(np.float32)
    with_nan = 0.1 * loud
    with_nan[0, 30000] = np.nan
    return {
        "silence": (np.zeros((2, RATE_HZ), np.float32), RATE_HZ),
        "DC": (np.full((2, RATE_HZ), 0.5, np.float32), RATE_HZ),
        "full-scale noise": (loud, RATE_HZ),
        "a sample of NaN": (with_nan, RATE_HZ),
        "telephone": (0.3 * loud[:1, :8000], 8000),
        "mono": (loud[0], RATE_HZ),
        "0.2 s": (loud[:, : RATE_HZ // 5], RATE_HZ),
        "eight channels": (np.tile(loud, (4, 1)), RATE_HZ),
    }


@pytest.mark.parametrize("shipped", ["attenuation-live", "attenuation-ffn"])
@pytest.mark.parametrize("name", robust_inputs())
def test_any_sound_gives_a_finite_value_in_range(shipped, name) -> None:
    audio, rate_hz = robust_inputs()[name]
    (path,) = shipped_effects()[shipped].files.values()
    effect = Effect("resonance-eq", attenuation=auto(path))
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "1 samples of the input are NaN")
        out = effect(audio, rate_hz)
    assert np.isfinite(out).all()
    found = effect.automation_trace()
    assert len(found) >= 1
    for values in (found.predicted, found.applied):
        assert np.isfinite(values).all()
        assert (values >= 0).all() and (values <= 1).all()
    if name != "0.2 s":
        assert len(found) > 2
        assert effect.counters.bad_predictions == 0


def test_values_out_of_range_hold_the_last_one_and_are_reported(predictor, noise) -> None:
    effect = Effect("resonance-eq", attenuation=auto(predictor(gain=0, offset=-0.5)))
    with pytest.warns(RuntimeWarning, match=r"\d of \d predictions were no values of the control"):
        effect(noise(2, RATE_HZ), RATE_HZ)
    assert effect.counters.bad_predictions > 0
    assert set(effect.automation_trace().predicted) == {np.float32(DEFAULT)}


@pytest.mark.parametrize(
    ("settings", "error", "message"),
    [
        ({"low_hz": "auto"}, ValueError, "resonance-eq: low_hz cannot be automatic: no predictor"),
        ({"mix": "auto"}, ValueError, "mix cannot be automatic"),
        ({"attenuation": "automatic"}, TypeError, "a number or 'auto', not 'automatic'"),
        ({"attenuation": "auto:"}, TypeError, "a number or 'auto'"),
        ({"attenuation": "auto:no-such.onnx"}, Error, "no-such.onnx: there is no such file"),
        ({"attenuation": "auto:low-shelf"}, Error, "is an effect, not a predictor"),
        ({"warmth": "auto"}, TypeError, "resonance-eq has no control 'warmth'"),
    ],
)
def test_impossible_automatic_control_is_one_line(settings, error, message) -> None:
    with pytest.raises(error, match=message) as raised:
        Effect("resonance-eq", **settings)
    assert "\n" not in str(raised.value)
    effect = Effect("resonance-eq")
    if not settings.keys() <= effect.settings.keys():
        return
    with pytest.raises(error, match=message):
        setattr(effect, *next(iter(settings.items())))
    assert effect.settings == Effect("resonance-eq").settings


def test_effect_without_the_control_has_nothing_to_move(predictor) -> None:
    with pytest.raises(TypeError, match="has no control 'attenuation'"):
        Effect("low-shelf", attenuation=auto(predictor()))
    with pytest.raises(ValueError, match="low-shelf has no such automation trace: no predictor"):
        Effect("low-shelf").automation_trace()


def test_predictor_is_no_effect_either(predictor) -> None:
    with pytest.raises(Error, match="loudness is a predictor: it makes no sound by itself"):
        Effect(predictor())


def test_key_a_lets_go_and_takes_over(monkeypatch, predictor, noise, own_effects) -> None:
    effect = Effect("resonance-eq")
    hands = KeyBindings(SimpleNamespace(effect=effect), [effect])
    with monkeypatch.context() as patch:
        hide_predictor(patch)
        hands.press("a")
    assert "is not installed" in hands.note
    assert effect.attenuation == DEFAULT
    path = predictor(gain=0, offset=0.6, smoothing_s=0, name="attenuation-live")
    shutil.copy(path, own_effects)
    hands.press("a")
    assert hands.note == ""
    assert effect.attenuation == "auto"
    effect(noise(2, RATE_HZ), RATE_HZ)
    hands.press("a")
    assert effect.attenuation == pytest.approx(0.6)
    hands.press("right")
    hands.press("a")
    assert "no predictor moves it" in hands.note


def test_effect_without_controls_shows_none() -> None:
    effect = Effect("low-shelf")
    assert repr(effect) == "Effect('low-shelf')"
    with effect.stream(RATE_HZ) as stream:
        assert repr(stream) == "<Stream of 2 channels>"
