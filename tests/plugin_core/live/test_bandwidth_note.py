"""`tonecast live` says what an effect's rate loses, before it plays."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from papers import PAPERS
from system_packages import needs
from tonecast.benchmarks.speed.jack_server import jack_server, where_programs_find

TONECAST = Path(sys.executable).with_name("tonecast")


@needs("jackd", "jack_wait", "libjack", "libportaudio")
@pytest.mark.parametrize(
    ("effects", "lost"),
    [
        ((PAPERS["eq-lowshelf"], "low-shelf", PAPERS["eq-lowshelf"]), ["eq-lowshelf"]),
        (("resonance-eq",), []),
    ],
)
def test_live_says_what_is_lost_once_for_each_effect(monkeypatch, effects, lost) -> None:
    name = f"tonecast-band-{os.getpid()}"
    for variable, value in where_programs_find(name).items():
        monkeypatch.setenv(variable, value)
    with jack_server(name, 44100, 256):
        command = [TONECAST, "live", *effects, "--seconds", "0.2"]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    notes = [line for line in done.stderr.splitlines() if "lost" in line]
    assert notes == [f"tonecast: {one} plays up to 8 kHz; what is above is lost" for one in lost]
