"""Dynamics are found from pairs: of simulated devices of known settings, and of a real one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("matplotlib", reason="plots need matplotlib: pip install 'tonecast[train]'")
torch = pytest.importorskip("torch", reason="families need PyTorch: pip install 'tonecast[train]'")

from simulated_dynamics import RATE_HZ, Device, notes  # noqa: E402
from tonecast.models.capture.dynamics.behaviour import behaviour, gain_over_time  # noqa: E402
from tonecast.models.capture.dynamics.fit import fit_dynamics  # noqa: E402
from tonecast.models.capture.dynamics.material import material_of  # noqa: E402
from tonecast.models.capture.dynamics.picture import draw_gain_over_time  # noqa: E402
from tonecast.models.capture.split import Span, Spans, cut  # noqa: E402
from tonecast.models.families.dynamics.dynamics import Dynamics  # noqa: E402
from tonecast.plugin_core.audio_files.files import open_audio  # noqa: E402
from tonecast.plugin_core.errors import Error  # noqa: E402
from tonecast.plugin_core.samples import Samples  # noqa: E402

PAIR = Path(__file__).parents[5] / "shared" / "audio" / "pairs" / "cl1b_hybrid_20s"

DEVICES = {
    "compressor": Device(),
    "slow and soft": Device(threshold_db=-35, ratio=2, attack_ms=30, release_ms=400),
    "limiter": Device(threshold_db=-15, ratio=20, attack_ms=2, release_ms=60),
    "decoupled": Device(is_branching=False),
}


def esr(network: Dynamics, dry: Samples, wet: Samples, spans: list[Span]) -> float:
    with torch.no_grad():
        sound = torch.from_numpy(dry)[None]
        played = network(sound, [], network.reset_states(1))[0][0].numpy()
    inside = np.concatenate([np.arange(begin, end) for begin, end in spans])
    return float(np.square((played - wet)[inside]).sum() / np.square(wet[inside]).sum())


def fitted(dry: Samples, wet: Samples, rate_hz: int) -> tuple[Dynamics, Spans]:
    spans = cut(len(dry), rate_hz)
    return fit_dynamics(dry, wet, rate_hz, spans.training, spans.validation), spans


@pytest.mark.parametrize("name", DEVICES)
def test_the_settings_of_a_device_are_found(name: str) -> None:
    device, dry = DEVICES[name], notes(8, seed=1)
    wet = device(dry)
    network, spans = fitted(dry, wet, RATE_HZ)
    assert esr(network, dry, wet, list(spans.test)) < 1e-3
    found = behaviour(network, RATE_HZ)
    assert found.threshold_db == pytest.approx(device.threshold_db, abs=2)
    assert found.ratio == pytest.approx(device.ratio, rel=0.2)
    assert found.attack_ms == pytest.approx(device.attack_ms, rel=0.2)
    assert found.release_ms == pytest.approx(device.release_ms, rel=0.2)


def test_an_expander_is_told_from_a_compressor() -> None:
    device = Device(threshold_db=-30, ratio=2, attack_ms=60, release_ms=5, expands=True)
    dry = notes(8, seed=1)
    wet = device(dry)
    network, spans = fitted(dry, wet, RATE_HZ)
    assert network.network["reduces"] == "below"
    assert esr(network, dry, wet, list(spans.test)) < 2e-3
    assert behaviour(network, RATE_HZ).ratio == pytest.approx(device.ratio, rel=0.2)


def test_the_gain_over_time_is_that_of_the_device(tmp_path: Path) -> None:
    device, dry = Device(), notes(8, seed=2)
    wet = device(dry)
    network, _ = fitted(dry, wet, RATE_HZ)
    found = gain_over_time(network, dry, wet, RATE_HZ)
    heard = ~np.isnan(found.device_db)
    assert heard.mean() > 0.5
    assert found.times_s[100] == pytest.approx(1.0)
    assert np.median(np.abs(found.dynamics_db - found.device_db)[heard]) < 0.05
    assert found.device_db[heard].min() < -6
    draw_gain_over_time(found, "A compressor", tmp_path / "gain.png")
    assert (tmp_path / "gain.png").read_bytes().startswith(b"\x89PNG")


def test_a_long_pair_is_heard_in_pieces() -> None:
    dry = np.arange(100 * 1000, dtype=np.float32)
    training = [(0, 30_000), (50_000, 80_000)]
    found = material_of(dry, -dry, 1000, training)
    assert sum(end - begin for begin, end in found.spans) == 30_000
    for (begin, _), (first, last) in zip(training, found.spans, strict=True):
        assert found.dry[first] == begin
        assert found.wet[last - 1] == -(begin + 14_999)
    assert found.dry[found.spans[1][0] - 1000] == 49_000  # the gain gets where it was


def test_silence_is_refused_in_one_line() -> None:
    dry = notes(4, seed=3)
    spans = cut(len(dry), RATE_HZ)
    with pytest.raises(Error, match="training parts of the pair are silent"):
        fit_dynamics(dry, 0 * dry, RATE_HZ, spans.training, spans.validation)


def test_devices_that_differ_sound_different() -> None:
    dry = notes(2, seed=4)
    assert not np.array_equal(Device()(dry), replace(Device(), release_ms=100.0)(dry))


@pytest.mark.skipif(not Path(f"{PAIR}__dry.flac").exists(), reason="no ../shared/audio/pairs")
def test_an_optical_compressor_is_learned_in_seconds() -> None:
    sounds = []
    for side in ("dry", "processed"):
        with open_audio(Path(f"{PAIR}__{side}.flac")) as file:
            sounds.append(file.read(file.frames)[0])
            rate_hz = file.samplerate
    network, spans = fitted(sounds[0], sounds[1], rate_hz)
    assert esr(network, sounds[0], sounds[1], list(spans.test)) < 0.004
