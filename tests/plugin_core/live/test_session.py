"""Live sound through a real JACK server; skipped where there is none."""

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from tonecast import Effect
from tonecast.benchmarks.speed.jack_server import jack_server, where_programs_find
from tonecast.plugin_core.live import audio_devices

RATE_HZ = 48000
PERIOD = 256
# In silence the equalizer's averages come to rest; by how far, the offline rendering must agree.
SETTLES_S = 3
Server = subprocess.Popen[bytes]
Samples = NDArray[np.float32]
TONECAST = Path(sys.executable).with_name("tonecast")

needs_jack = pytest.mark.skipif(
    shutil.which("jackd") is None,
    reason="needs a JACK server: apt-get install jackd2 libportaudio2",
)


@pytest.fixture
def jack(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A JACK server of our own, without a sound card."""
    name = f"tonecast-{os.getpid()}"
    for variable, value in where_programs_find(name).items():
        monkeypatch.setenv(variable, value)
    with jack_server(name, RATE_HZ, PERIOD) as server:
        yield server


def tonecast(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [TONECAST, *arguments], capture_output=True, text=True, timeout=60, check=False
    )


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
def test_it_plays_for_the_time_given_and_says_how_it_went(jack: Server, tmp_path: Path) -> None:
    recording = tmp_path / "heard.wav"
    done = tonecast("live", "--seconds", "1.5", "--record", str(recording), "--set", "mix=0.5")
    report = summary(done)
    assert report["effect"] == "resonance-eq"
    assert report["sample_rate_hz"] == RATE_HZ
    assert report["block_samples"] == PERIOD
    assert report["latency_samples"] <= 4096
    assert report["callbacks"] > 100
    assert report["frames"] > 20
    assert report["bad_frames"] == report["unrecorded_samples"] == 0
    from pedalboard.io import AudioFile

    with AudioFile(str(recording)) as file:
        assert file.frames == pytest.approx(report["callbacks"] * PERIOD, abs=4 * PERIOD)
        assert (file.samplerate, file.num_channels) == (RATE_HZ, 2)


@needs_jack
def test_what_goes_in_comes_out_as_rendered_offline(jack: Server) -> None:
    audio = ringing(2 * RATE_HZ)
    for _ in range(4):  # a machine that stalls loses frames before they come to us
        heard, report = hear_live(audio)
        if not report["late_frames"] and report["input_xruns"] <= 2:
            break
    else:
        pytest.skip("the machine stalled four times")

    # Where frames begin depends on when the card was opened: at one of these places.
    effect = Effect("resonance-eq", attenuation=1)
    differences = []
    for lead_in in range(150 * 1024, 151 * 1024, PERIOD):
        rendered = effect(np.pad(audio, (lead_in, RATE_HZ)), RATE_HZ)[lead_in:]
        start = first_match(heard, rendered)
        if start is not None:
            differences.append(np.abs(heard[start:][: len(audio)] - rendered[: len(audio)]).max())
    assert differences
    assert min(differences) < 1e-6


def hear_live(audio: Samples) -> tuple[Samples, dict[str, Any]]:
    command = [
        str(TONECAST),
        "live",
        "--seconds",
        "20",
        "--set",
        "attenuation=1",
        "--channels",
        "1",
    ]
    player = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        heard = play_through_jack(audio, 2 * RATE_HZ)
    finally:
        player.send_signal(signal.SIGINT)
        output, _ = player.communicate(timeout=20)
    assert player.returncode == 0
    report: dict[str, Any] = json.loads(output)
    return heard, report


@needs_jack
def test_a_control_moves_by_itself_and_the_summary_tells_where_it_stands(
    jack: Server, predictor: Callable[..., Path]
) -> None:
    path = predictor(gain=0, offset=0.6, smoothing_s=0)
    report = summary(tonecast("live", "--seconds", "2", "--set", f"attenuation=auto:{path}"))
    assert report["predictions"] >= 5
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
    deadline_s = time.monotonic() + 20
    while abs(session.effect.automatic["attenuation"] - 0.6) > 1e-3:
        assert time.monotonic() < deadline_s, session.report()
        time.sleep(0.05)
    assert abs(session.effect.automation_trace().predicted[-1] - 0.6) < 1e-3
    session.swap(tonecast.Effect("resonance-eq", attenuation=auto))
    assert session.effect.attenuation == auto
    session.effect.attenuation = 0.3
    assert session.report().automatic == {}
"""


@needs_jack
def test_a_control_is_let_go_and_taken_over_while_it_plays(
    jack: Server, predictor: Callable[..., Path]
) -> None:
    path = predictor(gain=0, offset=0.6, smoothing_s=0)
    # In a process of its own: PortAudio wants to see the server again when Python ends.
    done = subprocess.run(
        [sys.executable, "-c", LET_GO_AND_TAKE_OVER, str(path)],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


@needs_jack
def test_threads_without_priority_are_told(jack: Server) -> None:
    """The sentence comes if and only if the summary says so."""
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
    output, errors = player.communicate(timeout=20)
    assert player.returncode == 0
    assert json.loads(output)["effect"] == "resonance-eq"
    assert "Traceback" not in errors


@needs_jack
def test_a_server_that_goes_away_is_named(jack: Server) -> None:
    player = subprocess.Popen(
        [TONECAST, "live"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert player.stderr is not None
    assert "plays on" in player.stderr.readline()
    jack.terminate()
    _, errors = player.communicate(timeout=20)
    assert player.returncode == 2
    assert "is gone" in errors
    assert "Traceback" not in errors


@needs_jack
def test_what_the_card_refuses_is_one_sentence(jack: Server) -> None:
    for arguments, part in (
        (("--device", "no such card"), "choose among 0 (system)"),
        (("--samplerate", "44100"), "refuses that sample rate"),
        (("--latency", "soon"), "low, high or a number of seconds"),
        (("no-such-effect",), "no effect named"),
        (("--set", "attenuation=2"), "attenuation goes from 0 to 1"),
        (("--record", "heard.xyz"), "name the format by an extension"),
    ):
        done = tonecast("live", "--seconds", "1", *arguments)
        assert done.returncode == 2, arguments
        assert part in done.stderr
        assert done.stderr.count("\n") == 1


def test_no_card_at_all_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JACK_DEFAULT_SERVER", "there-is-none")
    monkeypatch.setenv("JACK_NO_START_SERVER", "1")
    done = tonecast("devices")
    if done.returncode == 0:
        pytest.skip("this machine has a sound card")
    assert done.returncode == 2
    assert "no audio device" in done.stderr or "PortAudio is missing" in done.stderr
    assert done.stderr.count("\n") == 1


def test_only_a_laptops_own_microphone_and_loudspeakers_are_feared() -> None:
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


def play_through_jack(audio: Samples, tail: int) -> Samples:
    """Stand between the player and the server's own ports: feed it, and keep what it plays."""
    client_module = pytest.importorskip("jack", reason="needs the package JACK-Client")
    client = client_module.Client("feeder", no_start_server=True)
    feed = client.outports.register("out")
    hear = client.inports.register("in")
    total = -(-(len(audio) + tail) // PERIOD) * PERIOD
    to_play = np.pad(audio, (0, total - len(audio)))
    heard = np.zeros(total, np.float32)
    state = {"at": -1}
    done = threading.Event()

    @client.set_process_callback  # type: ignore[untyped-decorator]
    def process(frames: int) -> None:
        at = state["at"]
        if at < 0 or at + frames > total:
            feed.get_array()[:] = 0
            return
        feed.get_array()[:] = to_play[at : at + frames]
        heard[at : at + frames] = hear.get_array()
        state["at"] = at + frames
        if state["at"] >= total:
            done.set()

    with client:
        deadline_s = time.monotonic() + 20
        while not (player := [p for p in client.get_ports(is_audio=True) if is_players(p.name)]):
            assert time.monotonic() < deadline_s, "the player never came to the server"
            time.sleep(0.05)
        time.sleep(0.5)  # (it makes its connections itself)
        for port in [p for p in client.get_ports(is_audio=True) if is_players(p.name)]:
            for other in client.get_all_connections(port):
                client.disconnect(*((other, port) if port.is_input else (port, other)))
            client.connect(*((feed, port) if port.is_input else (port, hear)))
        assert player
        time.sleep(SETTLES_S)
        state["at"] = 0
        assert done.wait(60)
    return heard


def is_players(port_name: str) -> bool:
    return not port_name.startswith(("system:", "feeder:"))
