"""The LV2 bundle: described for hosts, and played by one."""

import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from stage import PERIOD, RATE_HZ, TOOLS, colours, running, screen, wait_for
from system_packages import install, needs
from tonecast.benchmarks.speed.jack_server import QUIET, jack_server, where_programs_find
from tonecast.plugin_core.plugin_hosting.juce_state import block, encode, xml_of


def connected(client, source, target) -> bool:
    """Whether it could be done: not before the host is active."""
    import jack

    try:
        client.connect(source, target)
    except jack.JackError:
        return False
    return True


URI = "urn:tonecast:plugin"
EFFECT = "tonecast_plugin_effect"  # as jalv calls it
PREFIXES = """@prefix lv2: <http://lv2plug.in/ns/lv2core#> .
@prefix pset: <http://lv2plug.in/ns/ext/presets#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix state: <http://lv2plug.in/ns/ext/state#> .
"""
PRESET = """
<urn:test:{effect}> a pset:Preset ; lv2:appliesTo <{uri}> ; rdfs:label "{effect}" ;
    state:state [ <{uri}:StateString> "{state}" ] .
"""


def choices(described: str) -> dict[str, str]:
    """What a host sends to choose an effect, by its name."""
    (effect,) = re.findall(r"^plug:effect$.*?\.$", described, re.MULTILINE | re.DOTALL)
    return dict(re.findall(r'rdfs:label "([^"]+)" ;\s+rdf:value (\S+) ;', effect))


@pytest.fixture(scope="module")
def lv2(bundles: Path) -> dict[str, str]:
    """The environment of a host that finds nothing but ours."""
    if command := install("lv2ls"):
        pytest.skip(f"needs {command}")
    return {**os.environ, "LV2_PATH": str(bundles / "LV2")}


@pytest.fixture(scope="module")
def described(bundles: Path) -> str:
    return (bundles / "LV2" / "Tonecast.lv2" / "dsp.ttl").read_text()


def say(lv2: dict[str, str], *command: str) -> str:
    return subprocess.run(command, env=lv2, capture_output=True, text=True, check=True).stdout


def test_bundle_is_found_by_hosts(lv2):
    assert say(lv2, "lv2ls").split() == [URI]


def test_bundle_is_described_with_its_effects_and_its_latency(lv2, described, effects):
    assert "Has latency:       yes" in say(lv2, "lv2info", URI)
    assert {*choices(described)} == {*effects, "user file"}
    for name in ("Attenuation", "Low", "High", "Attack", "Release", "Mix"):
        assert f'rdfs:label "{name}"' in described


def test_ports_of_input_sidechain_and_output_have_to_be_connected(described) -> None:
    """JUCE reads all of them, whether they are or not."""
    ports = re.findall(r"a lv2:\w+Port , lv2:AudioPort ;[^\]]*\]", described)
    assert len(ports) == 6
    assert "connectionOptional" not in "".join(ports)


def test_description_is_sound(lv2, bundles, described):
    done = subprocess.run(["lv2info", URI], env=lv2, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    assert "<>" not in described  # empty addresses
    folder = bundles / "LV2" / "Tonecast.lv2"
    manifest = (folder / "manifest.ttl").read_text()
    named = re.findall(r"(?:lv2:binary|rdfs:seeAlso) <([^>]+)>", manifest)
    assert named
    assert all((folder / name).is_file() for name in named)
    assert "pset:Preset" not in manifest  # there are no programs
    for parameter in described.split("a lv2:Parameter")[1:]:
        default, low, high = (
            float(re.search(rf"lv2:{what} (\S+)", parameter)[1])
            for what in ("default", "minimum", "maximum")
        )
        values = [float(value) for value in re.findall(r"rdf:value (\S+)", parameter)]
        assert low < high
        assert low <= default <= high
        assert not values or (values[0], values[-1]) == (low, high)


@contextmanager
def playing(lv2: dict[str, str], *command: str) -> Iterator["Listener"]:
    """A host with our plugin, on a JACK server of its own."""
    server = f"tonecast-lv2-{os.getpid()}"
    command = [*command, "-n", "played", URI]
    with jack_server(server, RATE_HZ, PERIOD):
        environment = {**lv2, **where_programs_find(server)}
        with (
            running(command, env=environment, stdin=subprocess.PIPE, **QUIET) as host,
            Listener(server) as listener,
        ):
            listener.host = host
            yield listener
            assert host.poll() is None


class Listener:
    """Plays a tone of 100 Hz to the plugin, and hears what comes out."""

    host: subprocess.Popen[bytes]

    def __init__(self, server: str) -> None:
        import jack

        self.peaks: list[float] = []  # one a period
        tone = 0.3 * np.sin(2 * np.pi * 100 * np.arange(RATE_HZ) / RATE_HZ).astype(np.float32)
        self._client = jack.Client("tester", servername=server, no_start_server=True)
        self._out = self._client.outports.register("out")
        self._in = self._client.inports.register("in")
        at = 0

        @self._client.set_process_callback
        def process(frames: int) -> None:
            nonlocal at
            self._out.get_array()[:] = tone[(at + np.arange(frames)) % tone.size]
            self.peaks.append(float(np.abs(self._in.get_array()).max()))
            at += frames

    def __enter__(self) -> "Listener":
        self._client.activate()
        ports = self._client.get_ports
        wait_for(lambda: ports("played:.*audio_out.*"))
        wait_for(lambda: connected(self._client, self._out, ports("played:.*audio_in_1")[0]))
        self._client.connect(ports("played:.*audio_out_1")[0], self._in)
        return self

    def __exit__(self, *error: object) -> None:
        self._client.close()

    def say(self, command: str) -> None:
        self.host.stdin.write(f"{command}\n".encode())
        self.host.stdin.flush()


needs_jalv = needs("jalv", *TOOLS)


@needs_jalv
def test_editor_opens_in_a_host_with_windows_and_effects_are_chosen(lv2, described):
    highpass = choices(described)["highpass"]
    with (
        screen(1100, 800) as display,
        playing({**lv2, "DISPLAY": display}, "jalv.gtk3", "-c", f"{EFFECT}={highpass}") as heard,
    ):
        wait_for(lambda: colours(display) > 50)
        wait_for(lambda: max(heard.peaks[-5:]) < 0.1)


@pytest.fixture
def presets(lv2, load, tmp_path: Path) -> dict[str, str]:
    """The environment of a host that finds a preset for some effects, too."""
    bundle = tmp_path / "Presets.lv2"
    bundle.mkdir()
    manifest = PREFIXES
    for effect in ("resonance-eq", "lowpass", "highpass"):
        state = encode(block(xml_of(load(effect).raw_state)))
        manifest += PRESET.format(uri=URI, effect=effect, state=state)
    (bundle / "manifest.ttl").write_text(manifest)
    return {**lv2, "LV2_PATH": f"{lv2['LV2_PATH']}:{tmp_path}"}


@needs_jalv
def test_sessions_are_restored_while_it_plays(presets):
    with playing(presets, "jalv") as heard:
        wait_for(lambda: heard.peaks and heard.peaks[-1] > 0.2)
        for effect in ("lowpass", "resonance-eq"):  # 100 Hz passes them
            before = len(heard.peaks)
            heard.say(f"preset urn:test:{effect}")
            wait_for(lambda before=before: len(heard.peaks) > before + RATE_HZ // PERIOD)
            # A late frame is played dry, a missed period of the server is silent: at most
            # a few of those on a busy machine, never for as long as it takes to load.
            assert np.median(heard.peaks[before:]) > 0.2
        heard.say("preset urn:test:highpass")  # takes it away
        wait_for(lambda: max(heard.peaks[-5:]) < 0.1)
        heard.say("preset urn:test:lowpass")
        wait_for(lambda: min(heard.peaks[-5:]) > 0.2)
