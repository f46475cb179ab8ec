"""`tonecast live --record` through a real JACK server: the take is there, whatever happens."""

import os
import pty
import resource
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from live_player import PERIOD, RATE_HZ, TONECAST, Player, Server
from system_packages import needs
from tonecast.plugin_core.audio_files.files import open_audio

pytestmark = needs("jackd", "jack_wait", "libjack", "libportaudio")

HEADER_BYTES = 1000  # more than it has
SECOND_BYTES = 6 * RATE_HZ


def samples(path: Path) -> int:
    with open_audio(path) as file:
        assert (file.samplerate, file.num_channels) == (RATE_HZ, 2)
        return file.frames


def wait_until_it_holds(path: Path, seconds: float) -> None:
    """Wait for that much sound on the disk, whether the header announces it already or not."""
    while not path.exists() or path.stat().st_size < HEADER_BYTES + seconds * SECOND_BYTES:
        time.sleep(0.02)


@pytest.mark.parametrize(
    ("signals", "code"),
    [
        ((signal.SIGINT,), 0),
        ((signal.SIGINT, signal.SIGINT), 0),
        ((signal.SIGTERM,), 128 + signal.SIGTERM),
        ((signal.SIGHUP,), 128 + signal.SIGHUP),
        ((signal.SIGHUP, signal.SIGTERM), 128 + signal.SIGHUP),
    ],
)
def test_a_signal_ends_the_take_in_order(
    jack: Server,
    player: Callable[..., Player],
    tmp_path: Path,
    signals: tuple[signal.Signals, ...],
    code: int,
) -> None:
    path = tmp_path / "take.wav"
    played = player("--record", path)
    wait_until_it_holds(path, 0.5)
    assert played.end(*signals) == code
    assert f"{path} holds" in played.said
    assert played.report["take"] == str(path)
    assert samples(path) == played.report["callbacks"] * PERIOD
    assert [file.name for file in tmp_path.iterdir()] == ["take.wav"]


@pytest.mark.parametrize("pause_s", [0.02, 0.2])
def test_a_second_ctrl_c_does_not_interrupt_the_first(
    jack: Server, player: Callable[..., Player], tmp_path: Path, pause_s: float
) -> None:
    """It used to abort PortAudio within the call that closes the device."""
    path = tmp_path / "take.wav"
    played = player("--record", path)
    wait_until_it_holds(path, 0.2)
    played.process.send_signal(signal.SIGINT)
    time.sleep(pause_s)
    assert played.end(signal.SIGINT) == 0
    assert samples(path) == played.report["callbacks"] * PERIOD


def test_kill_9_leaves_all_but_the_last_second(
    jack: Server, player: Callable[..., Player], tmp_path: Path
) -> None:
    path = tmp_path / "take.wav"
    played = player("--record", path)
    wait_until_it_holds(path, 2.5)
    assert played.end(signal.SIGKILL) == -signal.SIGKILL
    assert samples(path) >= RATE_HZ / 2  # the disk may have been slow, by a second
    assert [file.name for file in tmp_path.iterdir()] == ["take.wav"]


def test_a_server_that_dies_leaves_the_take(
    jack: Server, player: Callable[..., Player], tmp_path: Path
) -> None:
    path = tmp_path / "take.wav"
    played = player("--record", path, "--give-up-after", 0.5)
    wait_until_it_holds(path, 0.5)
    jack.terminate()
    assert played.end() == 2
    assert "system is gone, and has not come back within 0.5 s" in played.said
    silence = samples(path) - played.report["callbacks"] * PERIOD
    assert silence >= 0.4 * RATE_HZ


def test_a_full_disk_ends_the_recording_and_not_the_sound(
    jack: Server, player: Callable[..., Player], tmp_path: Path
) -> None:
    path = tmp_path / "take.wav"
    played = player("--record", path)
    limit = (SECOND_BYTES // 2, resource.RLIM_INFINITY)
    resource.prlimit(played.process.pid, resource.RLIMIT_FSIZE, limit)
    said = played.wait_for("cannot be written any more")
    assert "it holds the first 0.5 s, and the sound goes on" in said
    assert played.process.poll() is None
    time.sleep(1)
    assert played.end(signal.SIGINT) == 0
    assert played.said.count("cannot be written") == 1
    assert played.report["callbacks"] * PERIOD > samples(path) + RATE_HZ // 2
    assert SECOND_BYTES // 2 - 6 * 2048 <= samples(path) * 6 <= SECOND_BYTES // 2


def test_an_old_take_stays_and_the_new_one_gets_a_number(
    jack: Server, player: Callable[..., Player], tmp_path: Path
) -> None:
    path = tmp_path / "take.wav"
    path.write_bytes(b"precious")
    played = player("--record", path, "--seconds", 0.3)
    assert played.end() == 0
    assert path.read_bytes() == b"precious"
    assert played.report["take"] == str(tmp_path / "take-2.wav")
    assert "recorded to" in played.said
    assert "take-2.wav" in played.said
    assert samples(tmp_path / "take-2.wav") > 0


@pytest.mark.parametrize("told", [True, False])
def test_a_terminal_that_closes_takes_no_sound_away(
    jack: Server, tmp_path: Path, told: bool
) -> None:
    """It ends in order where the system tells it; after `nohup` or `disown` it plays on."""
    path = tmp_path / "take.wav"
    pid, terminal = pty.fork()
    if pid == 0:
        signal.signal(signal.SIGHUP, signal.SIG_DFL if told else signal.SIG_IGN)
        os.execv(TONECAST, [str(TONECAST), "live", "--record", str(path)])
    reader = threading.Thread(target=read_all, args=(terminal,))
    reader.start()
    wait_until_it_holds(path, 0.5)
    os.close(os.dup2(os.open(os.devnull, os.O_RDONLY), terminal))
    if told:
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 128 + signal.SIGHUP
    else:
        wait_until_it_holds(path, path.stat().st_size / SECOND_BYTES + 0.5)
        os.kill(pid, signal.SIGTERM)
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 128 + signal.SIGTERM
    reader.join()
    assert samples(path) > RATE_HZ // 3


def read_all(terminal: int) -> None:
    try:
        while os.read(terminal, 4096):
            pass
    except OSError:
        pass
