"""The learned effects that come with Tonecast: latency, cost and error on held-out sound.

    python -m tonecast.benchmarks.quality.shipped_effects

It writes results/SHIPPED.md. Run it in the directory that the configs' data folders are relative
to.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from ... import models
from ...export.cost import core_share
from ...models.targets import TARGETS
from ...models.training.config import Config, read_config
from ...models.training.evaluate import evaluate
from ...models.training.session import held_out_notes
from ...plugin_core import Effect
from .. import machine

PAGE = """# The learned effects that ship

At their own rate, in blocks of 64 samples, mono, played by the engine. ESR is the energy of the
error over that of the target, "dry" that of the unprocessed input: on notes of guitar and bass that
were not trained on, nor were their pitches; of linear effects on white noise.
`python -m tonecast.benchmarks.quality.shipped_effects` writes this page; `tonecast train NAME`
trains an effect again. [The papers' networks](TRAINED.md) have learned the same overdrive,
distortion, amplifier EQ, chain, low shelf and peak.

| effect | what it learned | model | rate, Hz | latency, samples | of a core | ESR, dB | dry, dB |
|---|---|---|---:|---:|---:|---:|---:|
{rows}

*{stamp}*
"""


def main() -> None:
    """Measure and write the page."""
    stamp = f"{date.today().isoformat()}, {machine.describe()}"
    page = machine.ROOT / "benchmarks" / "results" / "SHIPPED.md"
    rows = "\n".join(_row(config, path) for config, path in learned_effects())
    page.write_text(PAGE.format(rows=rows, stamp=stamp))
    print(f"wrote {page.relative_to(machine.ROOT)}")


def learned_effects() -> Iterator[tuple[Config, Path]]:
    """The shipped effects that a config has trained, with their files."""
    package = Path(models.__path__[0])
    for path in sorted((package / "configs").glob("*.toml")):
        effect = package / "artifacts" / f"{path.stem}.onnx"
        if effect.exists():
            yield read_config(path), effect


def _row(config: Config, path: Path) -> str:
    effect, rate_hz = Effect(path), config.sample_rate_hz
    played, unprocessed = evaluate(effect, held_out_notes(config))
    cells = [
        f"`{config.name}`",
        TARGETS[config.target].description,
        config.model,
        str(rate_hz),
        str(effect.latency_samples(rate_hz)),
        f"{100 * core_share(path, rate_hz):.2f} %",
        *(f"{10 * math.log10(found.esr):.1f}" for found in (played, unprocessed)),
    ]
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    main()
