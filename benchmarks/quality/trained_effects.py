"""The papers' networks on held-out notes, played by the engine: the papers' tables and ours.

    python -m tonecast.benchmarks.quality.trained_effects [FOLDER]

It writes results/TRAINED.md from the papers' effects (models/packs/papers) and those in FOLDER, as
written by `tonecast export` under the names of their configs. Run it in the directory that the
configs' data folders are relative to.
"""

from __future__ import annotations

import math
import sys
from datetime import date
from pathlib import Path

from ...models.release.effect_tables import by_instrument
from ...models.targets import TARGETS
from ...models.training.config import Config, read_config
from ...models.training.evaluate import Figures, evaluate
from ...models.training.session import prepare
from ...plugin_core import Effect
from .. import machine, papers

# Martínez Ramírez and Reiss (DAFx 2018), table 2, at a level that the paper does not name.
PAPER_LOSS = {
    "eq-lowshelf": 0.032083,
    "eq-peaking": 0.032406,
    "eq-lowpass": 0.033420,
    "eq-highpass": 0.023708,
}
PAGE = """# The papers' networks

CAE and CAFx, which [an effect pack](../../models/packs/papers/README.md) brings; what comes with
Tonecast is [on a page of its own](SHIPPED.md).

On notes whose pitches and recordings were not trained on, at the default hop, played by the engine.
Real recordings: the piano of Salamander for the equalizers, guitars and a bass for the others.
"Dry" is the unprocessed input.
`python -m tonecast.benchmarks.quality.trained_effects` writes this page.

## Equalizers

Loss is kl + mse + mae (Martínez Ramírez and Reiss 2018, section 3.3), each a mean; mse grows with
the square of the level, and the paper names neither its level nor its scaling.

| effect | kl | mse | mae | loss | paper's | dry: loss | ESR, dB | dry, dB | parameters |
|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|
{equalizers}

## Nonlinear effects

Mean absolute error and ESR (Martínez Ramírez and Reiss 2019, section 3), guitar and bass apart.

| effect | target | instrument | notes | mae | dry: mae | ESR, dB | dry, dB | parameters |
|---|---|---|---:|---:|---:|---:|---:|---:|
{nonlinear}

## What limits them

The harder an effect clips, the larger its model's error: compare the settings of one effect. Max
pooling keeps one of every 16 samples of a filter's signal, so at any sample some 8 of 128 filters
are active, and the dense layers get no more than those. In the [waveshaping
plots](PAPER_FIGURES.md) the output still rises where the target is clipped. More steps help, on
notes at more levels and on chords: with three times as many the effect chain gained 4 dB. Longer
frames or smaller pools would be other models than the papers'. The highpass is the steepest of the
equalizers, and its output has the least energy, so errors weigh more: twice as many steps changed
nothing.

*{stamp}*
"""


def main(folder: Path | None = None) -> None:
    """Measure and write the page."""
    equalizers, nonlinear = [], []
    for path in sorted(papers.CONFIGS.glob("*.toml")):
        config = read_config(path)
        places = [place / f"{config.name}.onnx" for place in (papers.EFFECTS, folder) if place]
        found = next((place for place in places if place.exists()), None)
        if found is None:
            print(f"{config.name}: neither in the pack nor in the folder; left out")
        elif TARGETS[config.target].linear:
            equalizers.append(_equalizer(config, found))
        else:
            nonlinear += _nonlinear(config, found)
    stamp = f"{date.today().isoformat()}, {machine.describe()}"
    page = machine.ROOT / "benchmarks" / "results" / "TRAINED.md"
    page.write_text(
        PAGE.format(equalizers="\n".join(equalizers), nonlinear="\n".join(nonlinear), stamp=stamp)
    )
    print(f"wrote {page.relative_to(machine.ROOT)}")


def _equalizer(config: Config, path: Path) -> str:
    played, unprocessed = evaluate(Effect(path), prepare(config).test)
    paper = PAPER_LOSS.get(config.name)
    cells = [
        config.name,
        *(f"{value:.4f}" for value in (played.kl, played.mse, played.mae, played.paper_loss)),
        "" if paper is None else f"{paper:.4f}",
        f"{unprocessed.paper_loss:.4f}",
        *_decibels(played, unprocessed),
        _parameters(config),
    ]
    return f"| {' | '.join(cells)} |"


def _nonlinear(config: Config, path: Path) -> list[str]:
    rows = []
    notes = prepare(config).test
    for instrument, group in {**by_instrument(notes), "all": notes}.items():
        played, unprocessed = evaluate(Effect(path), group)
        cells = [
            config.name,
            config.target,
            instrument,
            str(len(group)),
            f"{played.mae:.5f}",
            f"{unprocessed.mae:.5f}",
            *_decibels(played, unprocessed),
            _parameters(config),
        ]
        rows.append(f"| {' | '.join(cells)} |")
    return rows


def _decibels(*figures: Figures) -> list[str]:
    return [f"{10 * math.log10(found.esr):.2f}" for found in figures]


def _parameters(config: Config) -> str:
    model = config.family.build(config.size)
    return f"{sum(parameter.numel() for parameter in model.parameters()):,}"


if __name__ == "__main__":
    main(Path(sys.argv[1]) if sys.argv[1:] else None)
