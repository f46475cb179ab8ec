"""Live sound through a real JACK server; skipped where there is none."""

import json
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from jack_feeder import play_through_jack
from live_player import PERIOD, RATE_HZ, TONECAST, Server
from numpy.typing import NDArray
from system_packages import needs
from tonecast import Effect
from tonecast.plugin_core.live import audio_devices

# In silence the equalizer's averages come to rest; by how far, the offline rendering must agree.
SETTLES_S = 3
Samples = NDArray[np.float32]

needs_jack = needs("jackd", "jack_wait", "libjack", "libportaudio")


def tonecast(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([TONECAST, *arguments], capture_output=True, text=True, check=False)


def summary(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    assert done.returncode == 0, done.stderr
    report: dict[str, Any] = json.loads(done.stdout)
    return report


@needs_jack
def test_devices_lists_the_server(jack: Server) -> None:
    done = tonecast("devices")
    assert done.returncode == 0
    assert "JACK" in done.stdout
    assert f"{RATE_HZ} Hz" in done.stdout


@needs_jack
def test_live_plays_for_the_time_given_and_says_how_it_went(jack: Server, tmp_path: Path) -> None:
    recording = tmp_path / "heard.wav"
    done = tonecast("live", "--seconds", "1.5", "--record", str(recording), "--set", "mix=0.5")
    report = summary(done)
    assert report["effect"] == "resonance-eq"
    assert report["sample_rate_hz"] == RATE_HZ
    assert report["block_samples"] == PERIOD
    assert report["latency_samples"] <= 4096
    assert report["frames"] >= report["callbacks"] * PERIOD // 1024 - 1 > 0
    assert report["bad_frames"] == report["unrecorded_samples"] == 0
    from pedalboard.io import AudioFile

    with AudioFile(str(recording)) as file:
        assert file.frames == pytest.approx(report["callbacks"] * PERIOD, abs=4 * PERIOD)
        assert (file.samplerate, file.num_channels) == (RATE_HZ, 2)


@needs_jack
def test_second_input_of_a_mono_session_may_be_a_sidechain(jack: Server, ring: Path) -> None:
    arguments = ("--channels", "1", "--sidechain", "--seconds", "0.5")
    done = tonecast("live", str(ring), *arguments)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["frames"] > 0


@needs_jack
def test_live_sound_is_the_offline_rendering(jack: Server) -> None:
    audio = ringing(2 * RATE_HZ)
    for _ in range(4):
        heard, disturbed = hear_live(audio)
        difference = difference_from_offline(audio, heard)
        # Frames that begin elsewhere or a block that is lost make 0.006 and more.
        if difference < 1e-4:
            return
        assert disturbed, f"nothing was lost or late, and it differs by {difference}"
    pytest.skip("the machine stalled four times")


def difference_from_offline(audio: Samples, heard: Samples) -> float:
    """The largest one, where it is smallest: frames begin where the card was opened."""
    effect = Effect("resonance-eq", attenuation=1)
    differences = [np.inf]
    for lead_in in range(150 * 1024, 151 * 1024, PERIOD):
        rendered = effect(np.pad(audio, (lead_in, RATE_HZ)), RATE_HZ)[lead_in:]
        start = first_match(heard, rendered)
        if start is not None:
            differences.append(np.abs(heard[start:][: len(audio)] - rendered[: len(audio)]).max())
    return min(differences)


def hear_live(audio: Samples) -> tuple[Samples, bool]:
    """What the player makes of `audio`, and whether anybody was held up meanwhile."""
    command = [str(TONECAST), "live", "--set", "attenuation=1", "--channels", "1"]
    player = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        heard, xruns = play_through_jack(audio, 2 * RATE_HZ, SETTLES_S)
    finally:
        player.send_signal(signal.SIGINT)
        output, _ = player.communicate()
    assert player.returncode == 0
    report: dict[str, Any] = json.loads(output)
    return heard, xruns + report["late_frames"] + report["misses"] > 0


@needs_jack
def test_control_moves_by_itself_and_the_summary_tells_where_it_stands(
    jack: Server, predictor: Callable[..., Path]
) -> None:
    path = predictor(gain=0, offset=0.6, smoothing_s=0)
    report = summary(tonecast("live", "--seconds", "2", "--set", f"attenuation=auto:{path}"))
    played_s = report["callbacks"] * PERIOD / RATE_HZ
    assert report["predictions"] >= (played_s - 0.5) / 0.1 - 2  # windows of 0.5 s, every 0.1 s
    assert report["bad_predictions"] == 0
    assert report["late_predictions"] <= report["predictions"]
    if report["late_predictions"] == 0:  # the machine was not held up
        assert report["automatic"] == {"attenuation": pytest.approx(0.6)}


LET_GO_AND_TAKE_OVER = """
import sys, time
import tonecast

auto = f"auto:{sys.argv[1]}"
with tonecast.live(tonecast.Effect("resonance-eq", attenuation=0.1)) as session:
    assert session.report().automatic == {}
    session.effect.attenuation = auto
    while abs(session.effect.automatic["attenuation"] - 0.6) > 1e-3:
        time.sleep(0.05)
    assert abs(session.effect.automation_trace().predicted[-1] - 0.6) < 1e-3
    session.swap(tonecast.Effect("resonance-eq", attenuation=auto))
    assert session.effect.attenuation == auto
    session.effect.attenuation = 0.3
    assert session.report().automatic == {}
"""


@needs_jack
def test_control_is_let_go_and_taken_over_while_it_plays(
    jack: Server, predictor: Callable[..., Path]
) -> None:
    path = predictor(gain=0, offset=0.6, smoothing_s=0)
    # In a process of its own: PortAudio wants to see the server again when Python ends.
    done = subprocess.run(
        [sys.executable, "-c", LET_GO_AND_TAKE_OVER, str(path)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


@needs_jack
def test_threads_without_priority_are_told(jack: Server) -> None:
    """The message comes if and only if the summary says so."""
    done = tonecast("live", "--seconds", "1")
    assert ("no real-time priority" in done.stderr) == summary(done)["missing_realtime_priority"]


@needs_jack
def test_ctrl_c_ends_it_cleanly(jack: Server) -> None:
    player = subprocess.Popen(
        [TONECAST, "live"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert player.stderr is not None
    assert "plays on" in player.stderr.readline()
    player.send_signal(signal.SIGINT)
    output, errors = player.communicate()
    assert player.returncode == 0
    assert json.loads(output)["effect"] == "resonance-eq"
    assert "Traceback" not in errors


NEXT_IS_GONE = """
import sys
from pathlib import Path
import tonecast
from tonecast.plugin_core.cli.live.command import KeyBindings

copy = Path(sys.argv[1])
copy.write_bytes(tonecast.Effect("overdrive").entry.files[48000].read_bytes())
effects = [tonecast.Effect("resonance-eq"), tonecast.Effect(copy)]
copy.unlink()
with tonecast.live(effects[0]) as session:
    keys = KeyBindings(session, effects)
    keys.press("n")
    assert "No such file" in keys.note, keys.note
    assert session.effect.name == "resonance-eq"
    session.check()
    keys.press("n")
    assert keys.note == ""
"""


@needs_jack
def test_next_effect_that_cannot_be_played_is_noted_and_the_sound_goes_on(
    jack: Server, tmp_path: Path
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", NEXT_IS_GONE, str(tmp_path / "copy.onnx")],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


@needs_jack
def test_refusal_of_the_card_is_one_line(jack: Server) -> None:
    for arguments, part in (
        (("--device", "no such card"), "choose among 0 (system)"),
        (("--samplerate", "44100"), "refuses that sample rate"),
        (("--samplerate", "0"), "goes from 8000 to 384000"),
        (("--samplerate", "-1"), "goes from 8000 to 384000"),
        (("--samplerate", "9" * 30), "goes from 8000 to 384000"),
        (("--samplerate", "383987"), "refuses that sample rate"),
        (("--device", "9" * 30), "choose among 0 (system)"),
        (("--device", "²"), "choose among 0 (system)"),
        (("--device", ""), "the argument after --device is empty"),
        (("no-such-effect",), "no effect named"),
        (("--set", "attenuation=2"), "attenuation goes from 0 to 1"),
        (("--sidechain",), "has no input behind the 2 of the sound for a side-chain"),
    ):
        done = tonecast("live", "--seconds", "1", *arguments)
        assert done.returncode == 2, arguments
        assert part in done.stderr
        assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("option", "value", "part"),
    [
        *(("--latency", value, "from 0 to 10, not") for value in ("soon", "nan", "inf", "-1", " ")),
        *(("--seconds", value, "no time in seconds") for value in ("nan", "inf", "1e400")),
        *(("--give-up-after", value, "no time in seconds") for value in ("nan", "inf")),
        ("--give-up-after", "-1", "not in the range"),
        ("--channels", "nan", "not a valid integer"),
        ("--blocksize", "-1", "not in the range"),
        ("--set", "mix=nan", "nan is outside"),
        ("--record", "heard.xyz", "a take is one of .flac, .mp3, .wav"),
    ],
)  # fmt: skip
def test_value_that_makes_no_sense_is_refused_without_a_device(
    option: str, value: str, part: str
) -> None:
    done = tonecast("live", option, value)
    assert done.returncode == 2
    assert part in done.stderr
    assert done.stderr.count("\n") == 1


def test_missing_card_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JACK_DEFAULT_SERVER", "there-is-none")
    monkeypatch.setenv("JACK_NO_START_SERVER", "1")
    done = tonecast("devices")
    if done.returncode == 0:
        pytest.skip("this machine has a sound card")
    assert done.returncode == 2
    assert "no audio device" in done.stderr or "PortAudio is missing" in done.stderr
    assert done.stderr.count("\n") == 1


def test_feedback_is_feared_of_a_laptops_own_microphone_and_loudspeakers_alone() -> None:
    assert audio_devices.may_feed_back("MacBook Pro Microphone", "MacBook Pro Speakers")
    assert audio_devices.may_feed_back(
        "HDA Intel PCH: ALC295 (hw:0,0)", "HDA Intel PCH: ALC295 (hw:0,0)"
    )
    assert not audio_devices.may_feed_back("Scarlett 2i2 USB", "Built-in Output")


def ringing(samples: int) -> Samples:
    noise = 0.05 * np.random.default_rng(3).standard_normal(samples)
    tone = 0.3 * np.sin(2 * np.pi * 1200 * np.arange(samples) / RATE_HZ)
    return (noise + tone).astype(np.float32)


def first_match(heard: Samples, rendered: Samples) -> int | None:
    """Where in `heard` the sound of `rendered` begins, by its loudest cross-correlation."""
    size = 1 << (len(heard) + len(rendered)).bit_length()
    spectrum = np.fft.rfft(heard, size) * np.conj(np.fft.rfft(rendered, size))
    start = int(np.argmax(np.fft.irfft(spectrum, size)))
    return start if start + RATE_HZ < len(heard) else None
