"""The picture in the README: the plot of `tonecast demo`."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image

from ...plugin_core.demo import render_demo


def run(out_dir: Path) -> str:
    """Return the Markdown section; writes demo.png."""
    with TemporaryDirectory() as folder:
        list(render_demo(Path(folder)))
        picture = Image.open(Path(folder) / "spectrogram.png").convert("RGB")
        picture.quantize(256).save(out_dir / "demo.png", optimize=True)
    return "## Demo\n\nSynthesized by `tonecast demo`.\n\n![Before and after](demo.png)\n"
