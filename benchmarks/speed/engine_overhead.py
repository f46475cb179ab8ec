"""The engine's own cost, with a model that returns every frame unchanged."""

from __future__ import annotations

from pathlib import Path

from ...plugin_core import _engine
from ...plugin_core.effect_files.catalog import find_effect
from .callbacks import time_callbacks

BLOCKS = (64, 128, 256, 480, 512, 1024)
HEAD = """## Engine overhead

Framing, overlap-add, dry path and mix around an identity model at 48 kHz: stereo, frame 3072, hop
1024, one core, a minute of audio each, nothing trimmed. At 44.1 kHz the engine resamples to the
model's rate and back.

| host rate, Hz | block | median, µs | p99, µs | p99.9, µs | longest, µs | of one core |
|---:|---:|---:|---:|---:|---:|---:|"""


def run(out_dir: Path) -> str:
    """Return the Markdown section; writes no file."""
    contract = _engine.EffectFile(str(find_effect("resonance-eq").files[48000])).contract_json
    model = _engine.Model.identity(contract)
    rows = []
    for rate_hz in (48000, 44100):
        for block in BLOCKS:
            times = time_callbacks(model, rate_hz, channels=2, block=block, seconds_of_audio=60)
            rows.append(
                f"| {rate_hz} | {block} | {times.median_us:.1f} | {times.p99_us:.1f} | "
                f"{times.p999_us:.1f} | {times.longest_us:.0f} | {100 * times.load:.2f} % |"
            )
    return "\n".join([HEAD, *rows, ""])
