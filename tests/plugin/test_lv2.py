"""The LV2 bundle: described for hosts, and played by one."""

import os
import shutil
import subprocess
from pathlib import Path

import jack
import numpy as np
import pytest
from stage import MISSING, PERIOD, RATE_HZ, running, wait_for
from tonecast.benchmarks.jack_server import QUIET, jack_server, where_programs_find


def connected(client, source, target) -> bool:
    """Whether it could be done: not before the host is active."""
    try:
        client.connect(source, target)
    except jack.JackError:
        return False
    return True


URI = "https://tonecast.example/plugin"


@pytest.fixture(scope="module")
def lv2(bundles: Path) -> dict[str, str]:
    """The environment of a host that finds nothing but ours."""
    if shutil.which("lv2ls") is None:
        pytest.skip("needs LV2 tools: apt-get install lilv-utils")
    return {**os.environ, "LV2_PATH": str(bundles / "LV2")}


def say(lv2: dict[str, str], *command: str) -> str:
    return subprocess.run(command, env=lv2, capture_output=True, text=True, check=True).stdout


def test_hosts_find_it(lv2):
    assert say(lv2, "lv2ls").split() == [URI]


def test_it_is_described_with_its_effects_and_its_latency(lv2, bundles, effects):
    assert "Has latency:       yes" in say(lv2, "lv2info", URI)
    described = (bundles / "LV2" / "Tonecast.lv2" / "dsp.ttl").read_text()
    for effect in effects:
        assert f'rdfs:label "{effect}"' in described
    for name in ("Attenuation", "Low", "High", "Attack", "Release", "Mix"):
        assert f'rdfs:label "{name}"' in described


@pytest.mark.skipif(bool(MISSING) or shutil.which("jalv") is None, reason="needs jalv and jackd2")
def test_it_plays_in_a_host_and_changes_effects_without_a_gap(lv2):
    tone = 0.3 * np.sin(2 * np.pi * 100 * np.arange(RATE_HZ) / RATE_HZ).astype(np.float32)
    peaks: list[float] = []
    server = f"tonecast-lv2-{os.getpid()}"
    with jack_server(server, RATE_HZ, PERIOD):
        environment = {**lv2, **where_programs_find(server)}
        pipes = {"stdin": subprocess.PIPE, **QUIET}
        with running(["jalv", "-n", "played", URI], env=environment, **pipes) as host:
            client = jack.Client("tester", servername=server, no_start_server=True)
            out = client.outports.register("out")
            into = client.inports.register("in")
            at = 0

            @client.set_process_callback
            def process(frames: int) -> None:
                nonlocal at
                out.get_array()[:] = tone[(at + np.arange(frames)) % tone.size]
                peaks.append(float(np.abs(into.get_array()).max()))
                at += frames

            with client:
                wait_for(lambda: client.get_ports("played:.*audio_out.*"))
                wait_for(lambda: connected(client, out, client.get_ports("played:.*audio_in_1")[0]))
                client.connect(client.get_ports("played:.*audio_out_1")[0], into)
                wait_for(lambda: peaks and peaks[-1] > 0.2)
                for effect in (0.4, 0, 0.8, 0):  # as a share; none of them takes away 100 Hz
                    heard = len(peaks)
                    host.stdin.write(f"plugin_effect = {effect}\n".encode())
                    host.stdin.flush()
                    wait_for(lambda heard=heard: len(peaks) > heard + RATE_HZ // PERIOD)
                    # A late frame is played dry, a missed period of the server is silent: at most
                    # a few of those on a busy machine, never for as long as it takes to load.
                    assert np.median(peaks[heard:]) > 0.2
            assert host.poll() is None
