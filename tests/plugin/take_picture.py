"""Writes the picture of cpp_host/plugin/README.md: `make plugin-picture`."""

import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import tonecast
from PIL import Image
from stage import RATE_HZ, Stage
from tonecast.plugin_core.plugin_hosting.juce_state import xml_of
from tonecast.plugin_core.plugin_hosting.plugin import plugin_path

SCALE = 1.5
RESONANCES = ((420, 14, 12), (1250, 12, 14), (3400, 13, 18))  # Hz, dB, Q


def ringing() -> np.ndarray:
    """Four seconds of pink noise with a few resonances."""
    rng = np.random.default_rng(0)
    frequencies = np.fft.rfftfreq(4 * RATE_HZ, 1 / RATE_HZ)[1:]
    spectrum = np.fft.rfft(rng.standard_normal(4 * RATE_HZ))
    spectrum[1:] /= np.sqrt(frequencies)
    for centre_hz, gain_db, q in RESONANCES:
        peak = 10 ** (gain_db / 20) - 1
        spectrum[1:] *= 1 + peak / (1 + (2 * q * np.log2(frequencies / centre_hz)) ** 2)
    spectrum[0] = 0
    sound = np.fft.irfft(spectrum)
    return 0.4 * sound / np.abs(sound).max()


def main(path: Path) -> None:
    """Photograph the program after it has played for ten seconds."""
    program = plugin_path().parents[1] / "Standalone" / "Tonecast"
    width, height = int(960 * SCALE), int(600 * SCALE)
    session = xml_of(tonecast.load_plugin().raw_state).replace(
        "<Tonecast ", f'<Tonecast editorWidth="{width}" editorHeight="{height}" '
    )
    session = session.replace('id="attenuation" value="', 'id="attenuation" value="0.5" was="')
    with (
        tempfile.TemporaryDirectory() as home,
        Stage(program, Path(home), session, width + 60, height + 100) as stage,
    ):
        stage.play(ringing())
        time.sleep(11)
        picture = stage.photograph()
    window = picture.getbbox()
    picture.crop(window).quantize(128, dither=Image.Dither.NONE).save(path, optimize=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
