import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from command_line import Tonecast


@pytest.fixture
def tonecast(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Iterator:
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    handlers = {number: signal.getsignal(number) for number in numbers}
    yield Tonecast(capsys, monkeypatch)
    for number, handler in handlers.items():
        signal.signal(number, handler)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def song(folder, noise, write_audio) -> Path:
    return write_audio(Path("song.wav"), noise(2, 50_000), bit_depth=24)
