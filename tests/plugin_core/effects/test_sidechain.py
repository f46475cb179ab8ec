"""Effects that listen to a second sound, in Python."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from tonecast import Effect

Samples = NDArray[np.float32]
Noise = Callable[..., Samples]
RATE_HZ = 48000


def test_sidechain_meets_the_sound_to_the_sample(ring: Path, noise: Noise) -> None:
    sound, key = noise(2, 5000), noise(2, 5000, seed=2)
    effect = Effect(ring)
    np.testing.assert_array_equal(effect(sound, RATE_HZ, sidechain=key), sound * key)
    np.testing.assert_array_equal(effect(sound.T, RATE_HZ, sidechain=key.T), (sound * key).T)
    np.testing.assert_array_equal(effect(sound[0], RATE_HZ, sidechain=key[0]), sound[0] * key[0])
    one_for_all = effect(sound, RATE_HZ, buffer_size=100, sidechain=key[0])
    np.testing.assert_array_equal(one_for_all, sound * key[0])


def test_effect_listens_to_its_input_without_one(ring: Path, noise: Noise) -> None:
    sound, key = noise(1, 5000), noise(1, 5000, seed=2)
    effect = Effect(ring)
    np.testing.assert_array_equal(effect(sound, RATE_HZ), sound * sound)

    effect.input_gain_db = 20  # of the input alone
    louder = effect(sound, RATE_HZ, sidechain=key)
    np.testing.assert_allclose(louder, 10 * sound * key, rtol=1e-5)


def test_streams_take_a_sidechain_with_each_block(ring: Path, noise: Noise) -> None:
    sound, key = noise(2, 3000), noise(2, 3000, seed=2)
    with Effect(ring).stream(RATE_HZ, max_block=1000) as stream:
        out = [
            stream.process(sound[:, at : at + 100], sidechain=key[:, at : at + 100])
            for at in range(0, 3000, 100)
        ]
        late = stream.latency_samples
        out.append(stream.flush())
    np.testing.assert_array_equal(np.hstack(out)[:, late:], sound * key)


def test_streams_and_effects_resample_both_alike(ring: Path, noise: Noise) -> None:
    sound = noise(1, 8000)
    own = Effect(ring)(sound, 44100)
    np.testing.assert_array_equal(Effect(ring)(sound, 44100, sidechain=sound), own)


@pytest.mark.parametrize(
    ("sidechain", "message"),
    [
        (np.zeros((2, 90), np.float32), "side-chain has 90 samples, the sound 100; give as many"),
        (np.zeros((3, 100), np.float32), "side-chain has 3 channels, the sound 2; give as many"),
        (np.zeros((2, 100, 1), np.float32), "an array of 3 dimensions"),
    ],
)
def test_sidechains_that_do_not_fit_are_one_sentence(
    ring: Path, sidechain: Samples, message: str
) -> None:
    effect = Effect(ring)
    sound = np.zeros((2, 100), np.float32)
    with pytest.raises(ValueError, match=message):
        effect(sound, RATE_HZ, sidechain=sidechain)
    with pytest.raises(ValueError, match=message):
        effect.stream(RATE_HZ).process(sound, sidechain=sidechain)


def test_effects_without_a_sidechain_say_so(effect: Effect, noise: Noise) -> None:
    sound = noise(2, 100)
    with pytest.raises(ValueError, match="resonance-eq listens to no side-chain; play it without"):
        effect(sound, RATE_HZ, sidechain=sound)
    with pytest.raises(ValueError, match="resonance-eq listens to no side-chain; play it without"):
        effect.stream(RATE_HZ).process(sound, sidechain=sound)
