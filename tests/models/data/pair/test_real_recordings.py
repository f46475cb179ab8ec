"""Recordings of real instruments and devices: faults are found, good pairs have none."""

import numpy as np
import pytest
from pedalboard import (
    Compressor,
    Delay,
    Distortion,
    Gain,
    HighpassFilter,
    LowpassFilter,
    LowShelfFilter,
    PeakFilter,
    Pedalboard,
    Reverb,
)
from pedalboard.io import ReadableAudioFile, WriteableAudioFile
from tonecast.benchmarks.quality.material import AUDIO
from tonecast.models.data.pair.pair import Pair, read_pair

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not AUDIO.is_dir(), reason=f"{AUDIO} is not there"),
]
RATE_HZ = 44_100
EXPECTED = {"sample rate", "delay", "device type", "clock", "polarity"}  # may be said of good pairs
DEVICES = {
    "equalizer": [LowShelfFilter(300, 8), PeakFilter(2000, -9)],
    "soft overdrive": [HighpassFilter(100), Distortion(12), Gain(-6)],
    "distortion": [HighpassFilter(200), Distortion(30), LowpassFilter(3000), Gain(-6)],
    "amplifier": [
        HighpassFilter(120),
        Distortion(25),
        LowpassFilter(5000),
        PeakFilter(700, -6),
        Distortion(6),
        LowpassFilter(4000),
        Gain(-6),
    ],
    "compressor": [Compressor(-35, 6), Gain(6)],
    "quiet": [Distortion(12), Gain(-36)],
    "hard clipping": [],
    "noisy": [Distortion(18), Gain(-6)],
}


def recording(name: str):
    with ReadableAudioFile(str(AUDIO / name)) as file:
        return file.read(file.frames)[:1], int(file.samplerate)


def phrases():
    names = ("cycfi_GLines1", "cycfi_GStaccato", "gulmini_harmonics_clean", "cycfi_Tapping_D")
    played = [recording(f"guitar/phrase_{name}.flac")[0][0] for name in names]
    joined = np.concatenate(played)
    return (0.9 * joined / np.abs(joined).max()).astype(np.float32)


@pytest.fixture(scope="module")
def guitar():
    """A minute of an electric guitar [samples] at 44.1 kHz."""
    return phrases()


@pytest.fixture(scope="module")
def overdriven(guitar):
    return Pedalboard(DEVICES["soft overdrive"])(guitar, RATE_HZ)


@pytest.fixture
def checked(tmp_path):
    def read(dry, wet, bits: int = 24) -> Pair:
        for name, sound in (("dry", dry), ("wet", wet)):
            planar = np.atleast_2d(sound).astype(np.float32)
            path = str(tmp_path / f"{name}.wav")
            with WriteableAudioFile(path, RATE_HZ, len(planar), bits) as file:
                file.write(planar)
        return read_pair(tmp_path / "dry.wav", tmp_path / "wet.wav")

    return read


def said(pair: Pair) -> dict[str, str]:
    return {
        result.check: result.message for result in pair.check_results if result.kind != "passed"
    }


def slipped(wet, time_s: float, ms: float):
    at, samples = round(time_s * RATE_HZ), round(ms * RATE_HZ / 1000)
    silence = np.zeros(max(0, samples), np.float32)
    return np.concatenate([wet[:at], silence, wet[at + max(0, -samples) :]])


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("dry", ["guitar", "music/stems_mdn_leadguitar", "music/vocals_vocadito"])
def test_good_pair_has_no_finding(checked, guitar, device: str, dry: str) -> None:
    sound = guitar if dry == "guitar" else recording(f"{dry}.flac")[0][0]
    wet = Pedalboard(DEVICES[device])(sound, RATE_HZ)
    if device == "hard clipping":
        wet = np.clip(3 * sound, -0.3, 0.3)
    if device == "noisy":
        wet = wet + 5e-4 * np.random.default_rng(1).standard_normal(len(wet)).astype(np.float32)
    found = said(checked(sound, wet))
    assert set(found) - EXPECTED <= {"length"}
    assert "little to learn from" in found.get("length", "little to learn from")
    assert ("clock" in found, "polarity" in found) == (False, False)


@pytest.mark.parametrize(
    "stem",
    [
        "cl1b_hybrid_10s",
        "cl1b_hybrid_20s",
        "cl1b_CL_3analog",
        "cl1b_cmp_0.0_0.0_0.5_1.0",
        "od300_0.5_0.5",
        "od300_0.25_0.75",
        "synthetic_overdrive_A_setting3",
        "synthetic_overdrive_B_drive45_bright45",
    ],
)
def test_pair_of_a_real_device_has_no_finding(stem: str) -> None:
    folder = AUDIO / "pairs"
    pair = read_pair(folder / f"{stem}__dry.flac", folder / f"{stem}__processed.flac")
    assert set(said(pair)) - EXPECTED <= {"length", "coherence"}


def test_stereo_and_short_pairs_have_no_finding(checked, guitar, overdriven) -> None:
    second = slice(20 * RATE_HZ, 28 * RATE_HZ)
    assert set(said(checked(guitar[second], overdriven[second]))) - EXPECTED <= {"length"}
    both = checked(np.stack([guitar] * 2), np.stack([overdriven, overdriven]))
    assert set(said(both)) - EXPECTED <= {"length"}


@pytest.mark.parametrize("delay_s", [1.01, 25.0, -20.0])
def test_delay_of_any_length_is_found(checked, guitar, overdriven, delay_s: float) -> None:
    samples = round(delay_s * RATE_HZ)
    wet = np.pad(overdriven, (max(0, samples), 0))[max(0, -samples) :]
    late = "late" if samples > 0 else "early"
    ms = float(said(checked(guitar, wet))["delay"].split("(")[1].split(" ms")[0])
    assert ms == pytest.approx(1000 * abs(delay_s), abs=0.1)
    assert late in said(checked(guitar, wet))["delay"]


@pytest.mark.parametrize("ms", [100.0, -3.2])
def test_slip_is_named(checked, guitar, overdriven, ms: float) -> None:
    found = said(checked(guitar, slipped(overdriven, 30.0, ms)))
    assert f"at 30.0 s the wet sound slips by {ms:+.1f} ms" in found["slip"]
    assert "clock" not in found


def test_slip_of_a_drifting_recording_is_told_from_the_drift(checked, guitar, overdriven) -> None:
    places = np.arange(len(overdriven) - 300) * (1 - 50e-6)
    drifting = np.interp(places, np.arange(len(overdriven)), overdriven)
    found = said(checked(guitar, slipped(drifting, 30.0, 100.0)))
    assert "at 30.0 s the wet sound slips by +100." in found["slip"]
    assert ", +50." in found["clock"]
    assert "slip" not in said(checked(guitar, drifting))


def test_exchange_echo_and_clipping_are_named(checked, guitar, overdriven) -> None:
    assert "exchange" in said(checked(overdriven, guitar))
    reverb = Pedalboard([*DEVICES["equalizer"], Reverb(0.5, wet_level=0.15, dry_level=0.5)])
    assert "a reverb" in said(checked(guitar, 0.5 * reverb(guitar, RATE_HZ)))["echo"]
    echo = Pedalboard([*DEVICES["soft overdrive"], Delay(0.3, 0.2, 0.2)])
    assert "an echo after 300 ms" in said(checked(guitar, echo(guitar, RATE_HZ)))["echo"]
    clipped = 0.5 * np.clip(2 * guitar, -1, 1)
    wet = Pedalboard(DEVICES["amplifier"])(clipped, RATE_HZ)
    assert "cut off at -6.0 dBFS" in said(checked(clipped, wet))["flat tops"]


def test_same_sound_is_refused_or_named(checked, guitar) -> None:
    with pytest.raises(ValueError, match="hold the same sound"):
        checked(guitar, np.pad(guitar, (99, 0)), bits=16)
    assert "with a gain of -9.0 dB" in said(checked(guitar, 0.355 * guitar))["same sound"]
