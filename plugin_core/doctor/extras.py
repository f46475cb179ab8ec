"""The extras: what `pip install 'tonecast[…]'` adds."""

from __future__ import annotations

from .finding import Finding
from .package import problem, requirements

PURPOSES = {
    "ffmpeg": "plays .m4a, .aac, .wma and video files",
    "train": "makes effects: training, export, captures of your own devices",
    "losses": "one more loss to train with, 'mr-stft'",
    "adapt": "fits and judges predictors",
    "listen": "holds listening experiments in a browser",
}


def extras() -> list[Finding]:
    """What is there of each, or the line that installs it."""
    return [_extra(name, purpose) for name, purpose in PURPOSES.items()]


def _extra(name: str, purpose: str) -> Finding:
    needed = requirements(name)
    lacking = [text for one in needed if (text := problem(one))]
    topic, install = f"extra {name}", f"pip install 'tonecast[{name}]'"
    if not lacking:
        return Finding(topic, "works", purpose)
    return Finding(topic, "absent", f"{purpose}: {'; '.join(lacking)}", install)
