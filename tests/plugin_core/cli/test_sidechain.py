"""`tonecast process --sidechain`."""

from pathlib import Path

import numpy as np
import soundfile

RATE_HZ = 48000


def test_effect_listens_to_the_file(tonecast, folder, noise, ring) -> None:
    sound, key = noise(2, 40_000), noise(2, 40_000, seed=2)
    soundfile.write("song.wav", sound.T, RATE_HZ, "FLOAT")
    soundfile.write("key.wav", key.T, RATE_HZ, "FLOAT")
    assert tonecast("process", "song.wav", "out.wav", "-e", ring, "--sidechain", "key.wav") == 0
    played, _ = soundfile.read("out.wav", dtype="float32")
    np.testing.assert_array_equal(played, (sound * key).T)

    soundfile.write("mono.wav", key[0], RATE_HZ, "FLOAT")
    assert (
        tonecast("process", "song.wav", "mono-key.wav", "-e", ring, "--sidechain", "mono.wav") == 0
    )
    played, _ = soundfile.read("mono-key.wav", dtype="float32")
    np.testing.assert_array_equal(played, (sound * key[0]).T)


def test_info_tells_of_the_sidechain(tonecast, ring) -> None:
    assert tonecast("info", ring) == 0
    assert "listens to one; where none is given, to its input" in tonecast.out


def test_files_that_do_not_fit_are_one_sentence(tonecast, folder, noise, ring) -> None:
    soundfile.write("song.wav", noise(2, 20_000).T, RATE_HZ)
    for name, channels, samples, rate_hz, message in (
        (
            "short.wav",
            2,
            19_999,
            RATE_HZ,
            "short.wav is not as long as song.wav; cut it, or append",
        ),
        ("long.wav", 2, 20_001, RATE_HZ, "long.wav is not as long as song.wav; cut it, or append"),
        (
            "slow.wav",
            2,
            20_000,
            44100,
            "slow.wav is at 44100 Hz and song.wav at 48000 Hz; resample",
        ),
        ("wide.wav", 3, 20_000, RATE_HZ, "wide.wav has 3 channels and song.wav 2; a side-chain"),
    ):
        soundfile.write(name, noise(channels, samples).T, rate_hz)
        assert tonecast("process", "song.wav", "out.wav", "-e", ring, "--sidechain", name) == 2
        assert message in tonecast.err
        assert not Path("out.wav").exists()


def test_effects_without_a_sidechain_say_so(tonecast, song) -> None:
    given = ("process", song, "out.wav", "-e", "low-shelf", "--sidechain", song)
    assert tonecast(*given) == 2
    assert "low-shelf listens to no side-chain; play it without one" in tonecast.err
