"""A JACK server that goes away and comes back, while `tonecast live` plays and records."""

import re
import signal
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from live_player import PERIOD, RATE_HZ, Player, Server
from system_packages import needs
from tonecast.plugin_core.audio_files.files import open_audio
from tonecast.plugin_core.live.audio_devices import AudioDevice, same_device

needs_jack = needs("jackd", "jack_wait", "libjack", "libportaudio")
JackAgain = Callable[..., AbstractContextManager[Server]]


@needs_jack
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_live_goes_on_when_the_server_is_back(
    jack: Server,
    jack_again: JackAgain,
    player: Callable[..., Player],
    tmp_path: Path,
    how: signal.Signals,
) -> None:
    path = tmp_path / "take.wav"
    played = player("--record", path)
    server = jack
    gaps_s = []
    for _ in range(2):
        time.sleep(0.5)
        server.send_signal(how)
        server.wait()
        assert "waiting for it to come back" in played.wait_for("system is gone")
        with jack_again() as server:
            said = played.wait_for("system is back")
            gap = re.search(r"the take is silent from ([\d.]+) to ([\d.]+) s", said)
            assert gap is not None
            gaps_s.append(float(gap[2]) - float(gap[1]))
            time.sleep(0.5)
            if len(gaps_s) == 2:
                assert played.end(signal.SIGINT) == 0
    with open_audio(path) as file:
        played_s = played.report["callbacks"] * PERIOD / RATE_HZ
        assert file.frames / RATE_HZ == pytest.approx(played_s + sum(gaps_s), abs=0.2)
    assert played.report["unrecorded_samples"] == 0


@needs_jack
def test_live_goes_on_when_a_server_that_stalled_does(
    jack: Server, player: Callable[..., Player]
) -> None:
    played = player()
    jack.send_signal(signal.SIGSTOP)
    played.wait_for("system is gone")
    jack.send_signal(signal.SIGCONT)
    played.wait_for("system is back")
    assert played.end(signal.SIGINT) == 0


@needs_jack
def test_live_ends_beside_a_server_that_stalls(
    jack: Server, player: Callable[..., Player], tmp_path: Path
) -> None:
    """PortAudio would wait for it for ten minutes."""
    path = tmp_path / "take.wav"
    played = player("--record", path)
    time.sleep(0.5)
    jack.send_signal(signal.SIGSTOP)
    try:
        assert played.end(signal.SIGINT) == 0
    finally:
        jack.send_signal(signal.SIGCONT)
    with open_audio(path) as file:
        assert file.frames > 0


@needs_jack
@pytest.mark.slow
def test_live_ends_in_order_soon_after_it_was_stopped_itself(
    jack: Server, player: Callable[..., Player]
) -> None:
    """JACK is slow to let it go then, and what is left behind crashed when Python unloaded it."""
    played = player()
    time.sleep(0.5)
    played.process.send_signal(signal.SIGSTOP)
    time.sleep(4)
    played.process.send_signal(signal.SIGCONT)
    time.sleep(1.5)
    assert played.end(signal.SIGINT) == 0


@needs_jack
def test_server_that_is_back_at_another_rate_is_told_and_waited_for(
    jack: Server, jack_again: JackAgain, player: Callable[..., Player]
) -> None:
    played = player()
    jack.terminate()
    jack.wait()
    played.wait_for("system is gone")
    with jack_again(44100):
        said = played.wait_for("system is back, but")
        assert "refuses that sample rate" in said
        assert "still waiting" in said
    with jack_again():
        played.wait_for("system is back after")
        assert played.end(signal.SIGINT) == 0


@needs_jack
def test_live_gives_up_when_told_to(jack: Server, player: Callable[..., Player]) -> None:
    played = player("--give-up-after", 0)
    jack.terminate()
    assert played.end() == 2
    assert "has not come back within 0 s" in played.said
    assert played.report["effect"] == "resonance-eq"


@needs_jack
def test_live_can_be_ended_while_it_waits(jack: Server, player: Callable[..., Player]) -> None:
    played = player()
    jack.terminate()
    jack.wait()
    played.wait_for("system is gone")
    assert played.end(signal.SIGTERM) == 128 + signal.SIGTERM


def card(name: str, inputs: int = 2, outputs: int = 2, index: int = 0) -> AudioDevice:
    return AudioDevice(index, name, "ALSA", inputs, outputs, 48000.0, 5.0, 5.0)


def test_a_card_is_known_again_by_its_name() -> None:
    usb, other = "USB Audio: - (hw:1,0)", "HDA Intel: ALC295 (hw:0,0)"
    again = card("USB Audio: - (hw:2,0)", index=4)
    assert same_device([card(other), again], card(usb)) is again
    assert same_device([card(other)], card(usb)) is None
    # Of two alike, the one that has the old number; and never one with fewer channels.
    twins = [again, card(usb, index=5)]
    assert same_device(twins, card(usb)) is twins[1]
    assert same_device([card(usb, inputs=0)], card(usb)) is None
