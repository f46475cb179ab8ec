"""The two papers' figures, drawn for our trained effects.

    python -m tonecast.benchmarks.paper.figures [EFFECT …]

EFFECT is the name of a network of the papers (models/packs/papers) or the path of a file; without
any, all of those are drawn. It writes results/PAPER_FIGURES.md with its pictures; with names, what
the page shows of other effects stays. Settings of one effect (`overdrive-1`, `overdrive-16k`,
`overdrive-3`) share a section: the one without a setting's number is drawn, and all have their
waveshaping curves.

Run it in the directory that the configs' data folders are relative to; without these, notes are
synthesized.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from pathlib import Path

import torch

from ...models.targets import TARGETS
from ...plugin_core.effect_files.catalog import EffectEntry, find_effect
from ...plugin_core.errors import Error
from ..machine import ROOT
from ..papers import papers_effects
from ..sections import make_section, read_sections
from .model_plots import draw_filters, draw_frame
from .signals import EXCERPT_S, Take, TrainedEffect, look_inside, play
from .sound_plots import draw_spectrograms, draw_waveshaping

OUT_DIR = ROOT / "benchmarks" / "results"
PAGE = "PAPER_FIGURES.md"
PICTURES = "paper_figures"
PARTS = ("filters", "inside", "spectrograms")

HEAD = f"""# The papers' figures, from our models

Martínez Ramírez and Reiss draw these of their equalizers (DAFx 2018) and nonlinear effects (ICASSP
2019). `python -m tonecast.benchmarks.paper.figures` draws them of ours
([how to install them](../../models/packs/papers/README.md)), and writes this page.

- **Sound**: the first {EXCERPT_S:g} s of the loudest held-out recording, played by the engine at
  the effect's own hop. ESR, the energy of the error over that of the target, is that of this
  excerpt alone.
- **Filters**: no. 1, 2, 4, 8 … of the first layer's, counted from low to high, and the magnitudes
  of all. A filter's centre frequency is where its magnitude is highest.
- **Inside**: the loudest frame of that sound, in PyTorch, with the weights in the effect file; a
  row for each filter, from low to high. *X*₁ is the filters' output, *Z* its envelopes, smoothed,
  one value for each pool of 16 samples. *Ẑ* is the latent layers' output: one sample of each pool
  is multiplied by it and the others are dropped, which gives *X̂*₁. *X*₁ and *X̂*₁ share a scale,
  and of each pool their largest sample is drawn. Below, the frame with its Hann window.
- **Spectrograms** on one scale, that of the error at the right.
- **Waveshaping**, of nonlinear effects: each input sample against the output sample at the same
  time. Filters and delays in an effect spread the curve to a cloud; an exact model covers the
  target's. The dashed line is the unprocessed input.
"""


def main(names: Sequence[str] = (), out_dir: Path = OUT_DIR) -> Path:
    """Draw the named effects, or all; return the page. Raise tonecast.Error."""
    torch.set_num_threads(1)
    entries = papers_effects()
    papers = {name: _file(entry) for name, entry in entries.items()}
    found = [entries.get(name) or find_effect(name) for name in names]
    named = {entry.name: _file(entry) for entry in found}
    files = {**papers, **named}
    page = out_dir / PAGE
    sections = read_sections(page)
    (out_dir / PICTURES).mkdir(parents=True, exist_ok=True)
    for section in sorted({_section(name) for name in named or papers}):
        print(f"{section} …", flush=True)
        settings = [name for name in files if _section(name) == section]
        effects = [TrainedEffect.read(files[name]) for name in sorted(settings, key=_is_numbered)]
        sections[section] = make_section(section, draw(section, effects, out_dir))
    page.write_text("\n".join([HEAD, *(sections[name] for name in sorted(sections))]))
    return page


def draw(name: str, effects: Sequence[TrainedEffect], out_dir: Path) -> str:
    """Draw one effect in its settings, the first of them in full; return its section."""
    effect = effects[0]
    rate_hz = effect.contract.sample_rate_hz
    take = play(effect)
    files = {part: f"{PICTURES}/{name}-{part}.png" for part in PARTS}
    draw_filters(effect.model, rate_hz, out_dir / files["filters"])
    inside = look_inside(effect.model, take)
    draw_frame(inside, effect.model, rate_hz, out_dir / files["inside"])
    draw_spectrograms(take, out_dir / files["spectrograms"])
    if not TARGETS[effect.config.target].linear:
        in_order = sorted(effects, key=lambda one: one.config.target)
        takes = {one.config.target: take if one is effect else play(one) for one in in_order}
        files["waveshaping"] = f"{PICTURES}/{name}-waveshaping.png"
        draw_waveshaping(takes, out_dir / files["waveshaping"])
    shown = "\n\n".join(f"![{name}: {part}]({file})" for part, file in files.items())
    return f"## {effect.contract.label}: `{name}`\n\n{_caption(effect, take)}\n\n{shown}\n"


def _caption(effect: TrainedEffect, take: Take) -> str:
    source = "a recording" if take.real else "synthesized, as the recordings are not available"
    target = TARGETS[effect.config.target].description
    return (
        f"Target: {target}. Sound: {take.note.name}, {source}.\n{take.sample_rate_hz} Hz, a hop of "
        f"{effect.contract.hop_size_samples} samples. ESR: {take.esr_text}."
    )


def _file(entry: EffectEntry) -> Path:
    return entry.files[entry.contract.sample_rate_hz]


def _section(name: str) -> str:
    """The name without the number of its setting, or the papers' rate."""
    return re.sub(r"-(\d|16k)$", "", name)


def _is_numbered(name: str) -> bool:
    """Whether this is another setting of an effect."""
    return re.search(r"-\d$", name) is not None


if __name__ == "__main__":
    try:
        print(f"wrote {main(sys.argv[1:])}")
    except Error as error:
        sys.exit(str(error))
