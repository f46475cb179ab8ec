"""A JACK client that plays to `tonecast live` and hears what it makes of that."""

from __future__ import annotations

import threading
import time
from typing import Any

import numpy as np
import pytest
from live_player import PERIOD
from numpy.typing import NDArray

Samples = NDArray[np.float32]


def play_through_jack(audio: Samples, tail: int, settles_s: float) -> tuple[Samples, int]:
    """Stand between the player and the server's own ports: feed it, and keep what it plays.

    Silence comes first for so long, and last for `tail` samples.
    Also returns how often a client was too late for the server meanwhile.
    """
    client_module = pytest.importorskip("jack", reason="needs the package JACK-Client")
    client = client_module.Client("feeder", no_start_server=True)
    feed = client.outports.register("out")
    hear = client.inports.register("in")
    total = -(-(len(audio) + tail) // PERIOD) * PERIOD
    to_play = np.pad(audio, (0, total - len(audio)))
    heard = np.zeros(total, np.float32)
    state = {"at": -1, "xruns": 0}
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

    @client.set_xrun_callback  # type: ignore[untyped-decorator]
    def count(late_us: float) -> None:
        state["xruns"] += state["at"] >= 0

    with client:
        for port in ports_that_the_player_has_connected(client):
            for other in client.get_all_connections(port):
                client.disconnect(*((other, port) if port.is_input else (port, other)))
            client.connect(*((feed, port) if port.is_input else (port, hear)))
        time.sleep(settles_s)
        state["at"] = 0
        done.wait()
    return heard, state["xruns"]


def ports_that_the_player_has_connected(client: Any) -> list[Any]:
    """One way in and one out, once it has connected both to the server's own."""
    while True:
        ports = [p for p in client.get_ports(is_audio=True) if is_players(p.name)]
        if len(ports) == 2 and all(map(client.get_all_connections, ports)):
            return ports
        time.sleep(0.05)


def is_players(port_name: str) -> bool:
    return not port_name.startswith(("system:", "feeder:"))
