"""A JACK server of our own, and programs that play through it."""

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import pytest
from live_player import PERIOD, RATE_HZ, Player, Server
from tonecast.benchmarks.speed.jack_server import jack_server, where_programs_find


@pytest.fixture
def jack_name(monkeypatch: pytest.MonkeyPatch) -> str:
    """Of the server that programs look for; there need not be one."""
    name = f"tonecast-{os.getpid()}"
    for variable, value in where_programs_find(name).items():
        monkeypatch.setenv(variable, value)
    return name


@pytest.fixture
def jack(jack_name: str) -> Iterator[Server]:
    """A JACK server of our own, without a sound card."""
    with jack_server(jack_name, RATE_HZ, PERIOD) as server:
        yield server


@pytest.fixture
def jack_again(jack_name: str) -> Callable[..., AbstractContextManager[Server]]:
    """A server of the same name, as that of one that has ended; it runs until its block ends."""
    return lambda rate_hz=RATE_HZ: jack_server(jack_name, rate_hz, PERIOD)


@pytest.fixture
def player() -> Iterator[Callable[..., Player]]:
    """Starts players, and ends those that a test leaves behind."""
    started: list[Player] = []

    def start(*arguments: object, **options: Any) -> Player:
        started.append(Player(*arguments, **options))
        return started[-1]

    yield start
    for each in started:
        if each.process.poll() is None:
            each.process.kill()
            each.process.communicate()
