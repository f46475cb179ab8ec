"""How late live sound is, by an impulse through a real JACK server; skipped where there is none."""

from __future__ import annotations

import signal

import numpy as np
import pytest
from jack_feeder import play_through_jack
from live_player import PERIOD, Player
from system_packages import needs
from tonecast.benchmarks.speed.jack_server import jack_server

pytestmark = needs("jackd", "jack_wait", "libjack", "libportaudio")

# A player's answer is taken by the server with the next period, and by who hears it one later.
ROUND_TRIP_PERIODS = 2


@pytest.mark.parametrize("rate_hz", [44_100, 48_000, 88_200, 96_000, 192_000])
def test_live_filter_adds_nothing_to_the_round_trip(jack_name: str, rate_hz: int) -> None:
    impulse = np.zeros(64 * PERIOD, np.float32)
    at = 10 * PERIOD + 77
    impulse[at] = 0.5
    arguments = ("resonance-eq-live", "--set", "attenuation=1", "--channels", "1")
    with jack_server(jack_name, rate_hz, PERIOD):
        for _ in range(4):
            player = Player(*arguments)
            try:
                heard, xruns = play_through_jack(impulse, 8 * PERIOD, settles_s=0.1)
            finally:
                player.end(signal.SIGINT)
            if not xruns:
                break
    if xruns:
        pytest.skip("the machine stalled four times")
    late = int(np.abs(heard).argmax()) - at
    assert late <= ROUND_TRIP_PERIODS * PERIOD
    assert late % PERIOD == 0
    assert heard[at + late] == pytest.approx(0.5, abs=0.1)
    assert not heard[: at + late].any()
