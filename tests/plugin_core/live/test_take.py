"""Takes: whatever ends the program, the file can be played up to about its last second."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from tonecast import Error
from tonecast.plugin_core.audio_files.files import open_audio
from tonecast.plugin_core.live import take as takes
from tonecast.plugin_core.live.take import Take

RATE_HZ = 48000
BLOCK = 4800
BLOCKS = 30
LOSSLESS = (".wav", ".flac")
Samples = NDArray[np.float32]


def block(number: int, channels: int = 2) -> Samples:
    """One that differs from all others."""
    random = np.random.default_rng(number)
    mono = (0.5 * random.uniform(-1, 1, (BLOCK, 1))).astype(np.float32)
    return np.repeat(mono, channels, axis=1)


def reader(blocks: int = BLOCKS, channels: int = 2) -> Callable[[], Samples]:
    """Gives a block a call, then nothing any more."""
    given = 0

    def read() -> Samples:
        nonlocal given
        given += 1
        return block(given - 1, channels)[: BLOCK if given <= blocks else 0]

    return read


def sound(path: Path) -> Samples:
    with open_audio(path) as file:
        assert file.samplerate == RATE_HZ
        return np.asarray(file.read(file.frames))


def expected(samples: int) -> Samples:
    return np.concatenate([block(number) for number in range(BLOCKS)])[:samples].T


def wait_until_written(take: Take, samples: int) -> None:
    while take.samples < samples:
        assert not take.problem
        time.sleep(0.001)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bring every block to the disk at once, to wait for nothing."""
    monkeypatch.setattr(takes, "WRITE_S", 0.001)
    monkeypatch.setattr(takes, "SYNC_S", 0.0)


CHILD = """
import sys, threading
from pathlib import Path
from tonecast.plugin_core.live import take as takes
sys.path.insert(0, {tests!r})
import test_take

takes.WRITE_S, takes.SYNC_S = 0.001, 0.0
read, calls = test_take.reader(), 0
def counted():
    global calls
    calls += 1
    if calls == test_take.BLOCKS + 2:  # so every block has been brought to the disk
        print("all there", flush=True)
    return read()
take = takes.Take(Path(sys.argv[1]), test_take.RATE_HZ, 2, counted)
threading.Event().wait()
"""


@pytest.mark.parametrize("extension", takes.FORMATS)
def test_a_take_survives_kill_9(tmp_path: Path, extension: str) -> None:
    path = tmp_path / f"take{extension}"
    code = CHILD.format(tests=str(Path(__file__).parent))
    with subprocess.Popen(
        [sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "all there\n"
        child.send_signal(signal.SIGKILL)
    heard = sound(path)
    assert [file.name for file in tmp_path.iterdir()] == [path.name]
    samples = heard.shape[1]
    # What encoders still hold back: FLAC a frame of 4096 samples, MP3 two of 1152.
    assert samples >= BLOCK * BLOCKS - 4096 - 1
    if extension in LOSSLESS:
        np.testing.assert_allclose(heard, expected(samples), atol=2**-23)
    if extension == ".wav":
        assert samples == BLOCK * BLOCKS


def test_a_header_announces_nothing_that_is_not_on_the_disk_yet(
    tmp_path: Path, quick: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Power may fail at any time, and the header may reach the disk before later samples do."""
    path = tmp_path / "take.wav"
    announced: list[int] = []
    safe = [0]

    def sync(file: takes._TakeFile) -> None:
        header = path.read_bytes()[:200]
        at = header.find(b"data") + 4
        announced.append(at + 4 + int.from_bytes(header[at : at + 4], "little"))
        safe.append(path.stat().st_size)

    monkeypatch.setattr(takes._TakeFile, "sync", sync)
    take = Take(path, RATE_HZ, 2, reader())
    wait_until_written(take, BLOCK * BLOCKS)
    take.close()
    assert announced[-1] == safe[-1] > BLOCK * BLOCKS * 6
    beyond = [length > before for length, before in zip(announced, safe, strict=False)]
    assert not any(beyond[1:])  # the first is the empty file's header


def test_a_take_is_what_was_played(tmp_path: Path, quick: None) -> None:
    for extension in LOSSLESS:
        take = Take(tmp_path / f"take{extension}", RATE_HZ, 2, reader())
        wait_until_written(take, BLOCK * BLOCKS)
        take.close()
        assert take.problem == ""
        np.testing.assert_allclose(sound(take.path), expected(BLOCK * BLOCKS), atol=2**-23)


FULL = """
import resource, sys, time
from pathlib import Path
from tonecast.plugin_core.live import take as takes
sys.path.insert(0, {tests!r})
import test_take

takes.WRITE_S, takes.SYNC_S = 0.001, 0.0
resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, resource.RLIM_INFINITY))
take = takes.Take(Path(sys.argv[1]), test_take.RATE_HZ, 2, test_take.reader(1000))
while not take.problem:
    time.sleep(0.01)
take.close()
print(take.samples, take.problem)
"""


@pytest.mark.parametrize("extension", takes.FORMATS)
def test_a_full_disk_leaves_what_was_written(tmp_path: Path, extension: str) -> None:
    path = tmp_path / f"take{extension}"
    code = FULL.format(tests=str(Path(__file__).parent), limit=100_001)
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    samples, problem = done.stdout.split(maxsplit=1)
    assert problem == f"{path} cannot be written any more: File too large\n"
    heard = sound(path)
    if extension == ".wav":
        assert heard.shape[1] == int(samples) >= 100_000 // 6 - takes.BLOCK_SAMPLES
    if extension in LOSSLESS:
        np.testing.assert_allclose(heard, expected(heard.shape[1]), atol=2**-23)
    assert heard.shape[1] > BLOCK


def test_a_name_that_is_taken_gets_a_number(tmp_path: Path, quick: None) -> None:
    (tmp_path / "take.wav").write_bytes(b"precious")
    (tmp_path / "take-2.wav").symlink_to(tmp_path / "nowhere.wav")
    (tmp_path / "take-3.wav").mkdir()
    take = Take(tmp_path / "take.wav", RATE_HZ, 2, reader(1))
    wait_until_written(take, 1)
    take.close()
    assert take.path == tmp_path / "take-4.wav"
    assert (tmp_path / "take.wav").read_bytes() == b"precious"
    assert not (tmp_path / "nowhere.wav").exists()


def test_a_take_that_is_deleted_says_so(tmp_path: Path, quick: None) -> None:
    take = Take(tmp_path / "take.wav", RATE_HZ, 2, reader(1000))
    take.path.unlink()
    while not take.problem:
        time.sleep(0.001)
    take.close()
    assert take.problem == f"{take.path} cannot be written any more: it was deleted"
    assert list(tmp_path.iterdir()) == []


def test_a_take_without_sound_is_no_file(tmp_path: Path) -> None:
    take = Take(tmp_path / "deep" / "take.wav", RATE_HZ, 2, reader(0))
    take.close()
    take.close()
    assert list((tmp_path / "deep").iterdir()) == []


def test_a_take_stands_in_silence_for_a_gap(
    tmp_path: Path, quick: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(takes, "MAX_GAP_S", 2.0)
    take = Take(tmp_path / "take.wav", RATE_HZ, 2, reader(3))
    wait_until_written(take, 3 * BLOCK)
    with take.held():
        take.fill_gap(0.5)
        take.fill_gap(0.75)
        take.fill_gap(0.25)
    assert take.end_gap() == 0.75
    take.fill_gap(1000)
    assert take.end_gap() == takes.MAX_GAP_S
    take.close()
    heard = sound(take.path)
    assert heard.shape[1] == 3 * BLOCK + round(2.75 * RATE_HZ)
    np.testing.assert_allclose(heard[:, : 3 * BLOCK], expected(3 * BLOCK), atol=2**-23)
    assert not heard[:, 3 * BLOCK :].any()


def test_what_was_played_before_a_gap_is_written_before_it(tmp_path: Path) -> None:
    take = Take(tmp_path / "take.wav", RATE_HZ, 2, reader(1))
    take.fill_gap(0.5)
    take.close()
    heard = sound(take.path)
    assert heard[:, :BLOCK].all()
    assert not heard[:, BLOCK:].any()


@pytest.mark.parametrize(
    ("name", "rate_hz", "part"),
    [
        ("take.aiff", RATE_HZ, "a take is one of .flac, .mp3, .wav"),
        ("take.ogg", RATE_HZ, "a take is one of .flac, .mp3, .wav"),
        ("take", RATE_HZ, "a take is one of .flac, .mp3, .wav"),
        ("take.mp3", 96000, "Supported sample rates"),
        ("file/take.wav", RATE_HZ, "cannot be written"),
        (f"{'long' * 100}.wav", RATE_HZ, "File name too long"),
    ],
)
def test_what_cannot_be_a_take_is_refused_at_once(
    tmp_path: Path, name: str, rate_hz: int, part: str
) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(Error, match=part):
        Take(tmp_path / name, rate_hz, 2, reader())
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@pytest.mark.slow
def test_a_take_goes_on_beyond_4_gigabytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It becomes an RF64 file (EBU Tech 3306) in place."""

    class Holes(takes._TakeFile):
        """Stores next to nothing of the file's middle."""

        def write(self, data: bytes) -> int:  # type: ignore[override]
            at = self.tell()
            if at < 1_000_000 or len(data) < 1000:
                return super().write(data)
            self.truncate(at + len(data))
            self.seek(at + len(data))
            return len(data)

    monkeypatch.setattr(takes, "_TakeFile", Holes)
    monkeypatch.setattr(takes, "BLOCK_SAMPLES", 1 << 16)
    monkeypatch.setattr(takes, "WRITE_S", 0.0001)
    silence = np.zeros((1 << 18, 8), np.float32)
    samples = (2**32 // silence.nbytes * 4 // 3 + 2) * len(silence)
    given = 0

    def read() -> Samples:
        nonlocal given
        given += len(silence)
        return silence if given <= samples else silence[:0]

    take = Take(tmp_path / "take.wav", RATE_HZ, 8, read)
    wait_until_written(take, samples)
    take._sync()  # what kill -9 would leave now
    with take.path.open("rb") as file:
        assert file.read(4) == b"RF64"
    with open_audio(take.path) as audio:
        assert audio.frames == samples
    take.close()
    with open_audio(take.path) as audio:
        assert audio.frames == samples > 2**32 // 24
