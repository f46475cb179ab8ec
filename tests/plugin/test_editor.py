"""The editor, photographed from the standalone program on a screen without hardware."""

from pathlib import Path

import numpy as np
import pytest
from stage import RATE_HZ, TOOLS, Stage, wait_for
from system_packages import needs, plugin_is_missing
from tonecast.plugin_core.plugin_hosting.juce_state import xml_of

pytestmark = needs(*TOOLS)

WIDTH, HEIGHT = 960, 700
TITLE_BAR = 30
CHANGE = np.array([0xFF, 0xB7, 0x4D])  # the colour of the curve of what the effect does


@pytest.fixture
def stage(load, bundles: Path, tmp_path: Path):
    program = bundles / "Standalone" / "Tonecast"
    if not program.exists():
        pytest.skip(plugin_is_missing("the standalone program is not built"))
    xml = xml_of(load().raw_state)

    def open_(scale: float = 1.0, **parameters: str) -> Stage:
        width, height = int(WIDTH * scale), int(HEIGHT * scale)
        sized = f'<Tonecast editorWidth="{width}" editorHeight="{height}" '
        session = xml.replace("<Tonecast ", sized)
        for name, value in parameters.items():
            session = session.replace(f'id="{name}" value="', f'id="{name}" value="{value}" was="')
        return Stage(program, tmp_path, session, width + 60, height + 100)

    return open_


def ringing(frequency_hz: float) -> np.ndarray:
    """Two seconds of noise, in which one frequency stands out."""
    rng = np.random.default_rng(1)
    spectrum = np.fft.rfft(rng.standard_normal(2 * RATE_HZ))
    octaves = np.log2(np.fft.rfftfreq(2 * RATE_HZ, 1 / RATE_HZ)[1:] / frequency_hz)
    spectrum[1:] *= 1 + 7 / (1 + (30 * octaves) ** 2)
    sound = np.fft.irfft(spectrum)
    return 0.25 * sound / np.abs(sound).max()


def plot_of(picture, scale: float = 1.0) -> np.ndarray:
    """The pixels of the spectrum, without its axes and its legend."""
    left, top, right, bottom = 50, TITLE_BAR / scale + 142, 800, TITLE_BAR / scale + 420
    return np.asarray(
        picture.convert("RGB").crop([int(edge * scale) for edge in (left, top, right, bottom)])
    ).astype(int)


def deepest_x(picture, scale: float = 1.0) -> float:
    """Where the curve reaches lowest, as a share of the plot's width."""
    pixels = plot_of(picture, scale)
    rows, columns = np.nonzero(np.abs(pixels - CHANGE).max(axis=2) < 24)
    if rows.size == 0:
        return -1.0
    return float(columns[rows == rows.max()].mean()) / pixels.shape[1]


def depth(picture, scale: float = 1.0) -> int:
    """How far down the curve reaches, in pixels of the laid-out size."""
    rows, _ = np.nonzero(np.abs(plot_of(picture, scale) - CHANGE).max(axis=2) < 24)
    return int((rows.max() - rows.min()) / scale) if rows.size else 0


def test_curve_follows_the_input(stage):
    with stage(attenuation="0.8") as on:
        on.play(ringing(500))
        wait_for(lambda: depth(on.photograph()) > 40)
        wait_for(lambda: 0.3 < deepest_x(on.photograph()) < 0.55)
        on.play(ringing(4000))
        wait_for(lambda: deepest_x(on.photograph()) > 0.65)
        assert on.process.poll() is None


@pytest.mark.parametrize("scale", [1.0, 2.0])
def test_window_is_not_blank_and_as_large_as_it_was_left(stage, scale):
    with stage(scale, attenuation="0.8") as on:
        on.play(ringing(1000))
        wait_for(lambda: depth(on.photograph(), scale) > 40)
        pixels = np.asarray(on.photograph().convert("L")).astype(int)
        lit = pixels > 8  # the screen behind the window is black
        assert lit.any(axis=0).sum() == pytest.approx(WIDTH * scale, abs=20)
        assert lit.any(axis=1).sum() == pytest.approx(HEIGHT * scale + TITLE_BAR, abs=20)
        # Bright text in the outermost rows and columns would be cut off.
        edge = int(5 * scale)
        rows, columns = np.nonzero(lit)
        inner = pixels[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
        assert inner[TITLE_BAR + 6 :, :edge].max() < 110
        assert (inner[-edge:, : -int(40 * scale)]).max() < 110


def test_silence_leaves_the_curve_flat(stage):
    with stage(attenuation="0.8") as on:
        on.play(ringing(1000))
        wait_for(lambda: depth(on.photograph()) > 40)
        on.play(np.zeros(RATE_HZ))
        wait_for(lambda: 0 < depth(on.photograph()) < 10)
