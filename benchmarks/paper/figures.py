"""Draws from our trained effects what the two papers draw from theirs.

    python -m tonecast.benchmarks.paper.figures [EFFECT …]

EFFECT is a shipped effect's name or the path of a file; without any, all shipped ones that were
trained are drawn. It writes results/PAPER_FIGURES.md with its pictures; with names, what the page
shows of other effects stays. Settings of one effect (`overdrive-1`, `overdrive`, `overdrive-3`)
share a section: the one without a number is drawn, and all have their waveshaping curves.

Run it where the folders of the configs are found; without them, notes are synthesised.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from pathlib import Path

import torch

from ...models.families.autoencoder.family import is_autoencoder
from ...models.targets import TARGETS
from ...plugin_core.effect_files.catalog import EffectEntry, find_effect, shipped_effects
from ...plugin_core.errors import Error
from ..machine import ROOT
from ..sections import make_section, read_sections
from .model_plots import draw_filters, draw_frame
from .signals import EXCERPT_S, Subject, Take, look_inside, play
from .sound_plots import draw_spectrograms, draw_waveshaping

OUT_DIR = ROOT / "benchmarks" / "results"
PAGE = "PAPER_FIGURES.md"
PICTURES = "paper_figures"
PARTS = ("filters", "inside", "spectrograms")

HEAD = f"""# The papers' figures, from our models

Martínez Ramírez and Reiss draw these of their equalizers (DAFx 2018) and nonlinear effects (ICASSP
2019). `python -m tonecast.benchmarks.paper.figures` draws them of the effects that ship here, and
writes this page.

- **Sound**: the first {EXCERPT_S:g} s of the loudest held-out recording, played by the engine at
  the effect's own hop. ESR, the energy of the error over that of the target, is that of this
  excerpt alone.
- **Filters**: no. 1, 2, 4, 8 … of the first layer's, counted from low to high, and the magnitudes
  of all. A filter's centre frequency is where its magnitude is highest.
- **Inside**: the loudest frame of that sound, in PyTorch, with the weights in the effect file; a
  row for each filter, from low to high. *X*₁ is what the filters give, *Z* its envelopes, smoothed,
  one value for each pool of 16 samples. *Ẑ* is what the latent layers make of them: one sample of
  each pool is multiplied by it and the others are dropped, which gives *X̂*₁. *X*₁ and *X̂*₁ share a
  scale, and of each pool their largest sample is drawn. Below, the frame with its Hann window.
- **Spectrograms** on one scale, with what the output lacks at its right.
- **Waveshaping**, of nonlinear effects: each input sample against the output sample of the same
  moment. Filters and delays in an effect open the curve to a cloud; a model that is right covers
  the target's. The dashed line leaves sound as it is.
"""


def main(names: Sequence[str] = (), out_dir: Path = OUT_DIR) -> Path:
    """Draw the named effects, or all; return the page. Raise tonecast.Error."""
    torch.set_num_threads(1)
    shipped = {
        entry.name: _file(entry)
        for entry in shipped_effects().values()
        if is_autoencoder(entry.contract)
    }
    named = {entry.name: _file(entry) for entry in map(find_effect, names)}
    files = {**shipped, **named}
    page = out_dir / PAGE
    sections = read_sections(page)
    (out_dir / PICTURES).mkdir(parents=True, exist_ok=True)
    for section in sorted({_section(name) for name in named or shipped}):
        print(f"{section} …", flush=True)
        settings = [name for name in files if _section(name) == section]
        subjects = [Subject.read(files[name]) for name in sorted(settings, key=len)]
        sections[section] = make_section(section, draw(section, subjects, out_dir))
    page.write_text("\n".join([HEAD, *(sections[name] for name in sorted(sections))]))
    return page


def draw(name: str, subjects: Sequence[Subject], out_dir: Path) -> str:
    """Draw one effect in its settings, the first of them in full; return its section."""
    subject = subjects[0]
    rate_hz = subject.contract.sample_rate_hz
    take = play(subject)
    files = {part: f"{PICTURES}/{name}-{part}.png" for part in PARTS}
    draw_filters(subject.model, rate_hz, out_dir / files["filters"])
    inside = look_inside(subject.model, take)
    draw_frame(inside, subject.model, rate_hz, out_dir / files["inside"])
    draw_spectrograms(take, out_dir / files["spectrograms"])
    if not TARGETS[subject.config.target].linear:
        in_order = sorted(subjects, key=lambda s: s.config.target)
        takes = {s.config.target: take if s is subject else play(s) for s in in_order}
        files["waveshaping"] = f"{PICTURES}/{name}-waveshaping.png"
        draw_waveshaping(takes, out_dir / files["waveshaping"])
    shown = "\n\n".join(f"![{name}: {part}]({file})" for part, file in files.items())
    return f"## {subject.contract.label}: `{name}`\n\n{_caption(subject, take)}\n\n{shown}\n"


def _caption(subject: Subject, take: Take) -> str:
    source = "a recording" if take.real else "synthesised, for want of the recordings"
    target = TARGETS[subject.config.target].description
    return (
        f"Target: {target}. Sound: {take.note.name}, {source}.\n{take.sample_rate_hz} Hz, a hop of "
        f"{subject.contract.hop_size_samples} samples. ESR: {take.esr_text}."
    )


def _file(entry: EffectEntry) -> Path:
    return entry.files[entry.contract.sample_rate_hz]


def _section(name: str) -> str:
    """The name without the number of its setting."""
    return re.sub(r"-\d$", "", name)


if __name__ == "__main__":
    try:
        print(f"wrote {main(sys.argv[1:])}")
    except Error as error:
        sys.exit(str(error))
