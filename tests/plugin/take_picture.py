"""Writes the picture of cpp_host/plugin/README.md: `make plugin-picture`.

With scales behind the path (`take_picture.py editor.png 0.7 1 2`) it writes one for each of them.
"""

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
WIDTH, HEIGHT = 960, 700
SETTINGS = {
    "attenuation": 0.5,
    "sensitivity_1_db": -12,
    "sensitivity_1_octaves": 1.5,
    "sensitivity_3_hz": 3200,
    "sensitivity_3_db": 5,
    "sensitivity_tilt_db": -0.5,
}
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


def photograph(path: Path, scale: float) -> None:
    """Photograph the program, so many times as large, after it has played for ten seconds."""
    program = plugin_path().parents[1] / "Standalone" / "Tonecast"
    width, height = int(WIDTH * scale), int(HEIGHT * scale)
    session = xml_of(tonecast.load_plugin().raw_state).replace(
        "<Tonecast ", f'<Tonecast editorWidth="{width}" editorHeight="{height}" '
    )
    for name, value in SETTINGS.items():
        session = session.replace(f'id="{name}" value="', f'id="{name}" value="{value}" was="')
    with (
        tempfile.TemporaryDirectory() as home,
        Stage(program, Path(home), session, width + 60, height + 100) as stage,
    ):
        stage.play(ringing())
        time.sleep(11)
        picture = stage.photograph()
    window = picture.getbbox()
    picture.crop(window).quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)


def main(path: Path, scales: list[float]) -> None:
    """The picture, or one for each of the scales."""
    if not scales:
        photograph(path, SCALE)
    for scale in scales:
        photograph(path.with_stem(f"{path.stem}-{scale:g}"), scale)


if __name__ == "__main__":
    main(Path(sys.argv[1]), [float(scale) for scale in sys.argv[2:]])
