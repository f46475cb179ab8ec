"""The report on a capture with knobs: a table of settings, and plots and sounds of one of them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ....plugin_core import Effect
from ...data.knob import Knob
from ...training.config import Config
from ..figures import play_held_out
from ..folder import whole_folder, write_sounds
from ..pictures import draw_curves, draw_spectrograms
from ..report import CURVES, PAGE, SPECTROGRAMS, sizes
from .measure import Measured, effect_at
from .settings import Setting
from .table import Table


def write_report(
    effect_path: Path,
    table: Table,
    settings: Sequence[Setting],
    measured: Sequence[Measured],
    config: Config,
    folder: Path,
) -> None:
    """Write the folder, complete or not at all; plots and sounds are of the worst setting.

    It is one of those held out if there are any. Raise tonecast.Error where it cannot be written.
    """
    shown = worst(measured)
    setting = settings[measured.index(shown)]
    rate_hz = setting.pair.sample_rate_hz
    effect = effect_at(effect_path, table.knobs, setting)
    sounds = play_held_out(effect, setting.pair, setting.spans)
    title = f"{config.name} at {in_words(table.knobs, shown.values)}"
    with whole_folder(folder) as draft:
        draw_spectrograms(sounds, rate_hz, title, draft / SPECTROGRAMS)
        draw_curves(sounds, rate_hz, title, draft / CURVES)
        write_sounds(sounds, rate_hz, draft)
        text = page(effect, effect_path, table, measured, config)
        (draft / PAGE).write_text(text, encoding="utf-8")


def worst(measured: Sequence[Measured]) -> Measured:
    """The setting with the largest error among those held out, or among all."""
    held_out = [one for one in measured if one.is_held_out]
    return max(held_out or measured, key=lambda one: one.effect_db)


def page(
    effect: Effect, effect_path: Path, table: Table, measured: Sequence[Measured], config: Config
) -> str:
    """The page in Markdown."""
    shown = worst(measured)
    return f"""# {effect.contract.label}

{summary(measured)} Below 0.01 is great, below 0.035 good, below 0.1 fair, above is poor. Measured
on parts of the recordings that were not trained on, played by the engine.

{settings_table(table.knobs, measured)}

ESR is the energy of the error over that of the target. At settings held out the model has learned
nothing: they show how well it plays what lies between the others.

![Spectrograms]({SPECTROGRAMS})

![Waveshaping and spectra]({CURVES})

Plots and sounds are those at {in_words(table.knobs, shown.values)}: `dry.wav` is the input,
`target.wav` the device, `output.wav` the effect, `difference.wav` target − output.

## The effect

- `../{effect_path.name}`: {config.model}, {sizes(config)}, {config.sample_rate_hz} Hz, no latency.
  Verified: the engine plays what PyTorch computes.
- Knobs: {", ".join(_range(knob) for knob in table.knobs)}.
- Learned from {config.data.credit}.
"""


def summary(measured: Sequence[Measured]) -> str:
    """The largest errors at settings that were trained on, and at those held out."""
    parts = []
    for kind, is_held_out in (("held out", True), ("trained on", False)):
        some = [one for one in measured if one.is_held_out == is_held_out]
        if some:
            most = worst(some)
            many = f"{len(some)} settings {kind}" if len(some) > 1 else f"the setting {kind}"
            parts.append(f"**ESR at {many}: at most {most.esr:.4f}, {most.verdict}.**")
        elif is_held_out:
            parts.append("No setting was held out: none lies inside of all others.")
    return " ".join(parts)


def settings_table(knobs: Sequence[Knob], measured: Sequence[Measured]) -> str:
    """The figures at each setting in Markdown, those held out in bold."""
    lines = [
        f"| {' | '.join(knob.name for knob in knobs)} | | ESR | ESR, dB | unprocessed, dB |",
        f"|{'---:|' * len(knobs)}---|---:|---:|---:|",
    ]
    for one in sorted(measured, key=lambda one: one.values):
        values = " | ".join(f"{value:g}" for value in one.values)
        kind = "**held out**" if one.is_held_out else "trained on"
        lines.append(
            f"| {values} | {kind} | {one.esr:.4f} | {one.effect_db:.1f} | "
            f"{one.unprocessed_db:.1f} |"
        )
    return "\n".join(lines)


def in_words(knobs: Sequence[Knob], values: Sequence[float]) -> str:
    """A setting, as in "drive 3, tone_hz 800"."""
    return ", ".join(f"{k.name} {v:g}" for k, v in zip(knobs, values, strict=True))


def _range(knob: Knob) -> str:
    return f"{knob.name} from {knob.minimum:g} to {knob.maximum:g}"
