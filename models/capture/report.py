"""The report on a capture: figures, plots, sounds and the checks' results, in one folder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from ...plugin_core import Effect
from ...plugin_core.effect_files.contract import Contract
from ..data.pair.device_type import DeviceType
from ..data.pair.pair import Pair
from ..families.dynamics.dynamics import Dynamics
from ..training.checkpoint import Checkpoint
from ..training.config import Config
from .dynamics.behaviour import behaviour, gain_over_time
from .dynamics.picture import draw_gain_over_time
from .figures import HeldOut, PairFigures, figures, play_held_out
from .folder import whole_folder, write_sounds
from .ladder.tried import Tried
from .pictures import draw_curves, draw_spectrograms
from .split import Spans

NO_MEMORY = (
    "This architecture processes one frame at a time and has no memory: it cannot follow a gain "
    "that depends on more of the past, an attack or a release. It learns the average."
)
PAGE, SPECTROGRAMS, CURVES, GAIN = "report.md", "spectrograms.png", "curves.png", "gain.png"


@dataclass(frozen=True)
class Learned:
    """A finished training on a pair: the best of all that was tried."""

    checkpoint: Checkpoint
    effect_path: Path
    pair: Pair
    spans: Spans
    best: Tried
    tried: Sequence[Tried]


def write_report(learned: Learned, folder: Path) -> PairFigures:
    """Measure the effect on the held-out part and write the folder, complete or not at all.

    Raise tonecast.Error where it cannot be written.
    """
    pair, rate_hz = learned.pair, learned.pair.sample_rate_hz
    effect = Effect(learned.effect_path)
    sounds = play_held_out(effect, pair, learned.spans)
    found = figures(sounds, rate_hz)
    title = f"{learned.checkpoint.config.name}: held-out part"
    with whole_folder(folder) as draft:
        draw_spectrograms(sounds, rate_hz, title, draft / SPECTROGRAMS)
        draw_curves(sounds, rate_hz, title, draft / CURVES)
        write_sounds(sounds, rate_hz, draft)
        if (model := _dynamics(learned)) is not None:
            gain = gain_over_time(model, pair.dry, pair.wet, rate_hz)
            draw_gain_over_time(
                gain, f"{learned.checkpoint.config.name}: gain over time", draft / GAIN
            )
        (draft / PAGE).write_text(page(learned, effect.contract, sounds, found), encoding="utf-8")
    return found


def page(learned: Learned, contract: Contract, sounds: HeldOut, found: PairFigures) -> str:
    """The page in Markdown."""
    config, pair = learned.checkpoint.config, learned.pair
    rate_hz = pair.sample_rate_hz
    checks = "\n".join(f"- **{f.check}** ({f.kind}): {f.message}" for f in pair.check_results)
    limit = limit_message(found, learned.best, pair.device_type)
    return f"""# {contract.label}

**ESR {found.esr:.4f} ({found.effect_db:.1f} dB): {found.verdict}.** Below 0.01 is great, below
0.035 good, below 0.1 fair, above is poor. Measured on {len(sounds.dry) / rate_hz:.1f} s that were
not trained on, played by the engine.
{limit and f"{chr(10)}{limit}{chr(10)}"}
{table(found)}

ESR is the energy of the error over that of the target, pre-emphasised: with both through
1 − 0.85 z⁻¹, as ears weigh high frequencies more; MR-STFT is auraloss's multi-resolution STFT
distance. The linear filter has 512 taps; it and the memoryless curve after it were fitted to the
training parts.

![Spectrograms]({SPECTROGRAMS})

![Waveshaping and spectra]({CURVES})

The red line of a waveshaping curve is the mean output at each input level; dots are samples.

{_gain_section(learned)}
## Listen

`dry.wav` is the input, `target.wav` the device, `output.wav` the effect, `difference.wav` target −
output: the held-out parts, one after another.

## The dry/wet pair

{pair.credit}. {len(pair.dry) / rate_hz:.1f} s used.

{checks}

## What was tried

{tried_table(learned)}

ESR on the validation parts, played by the engine; the share of one core's time to play mono in
blocks of 64 samples, on the machine that this was learned on. The effect is the one with the least
error.

## The effect

- `../{learned.effect_path.name}`: {config.model}, {sizes(config)}, {rate_hz} Hz,
  {_latency(sounds.latency_samples, rate_hz)}. Verified: the engine plays what PyTorch computes.
- {split_message(pair)}
"""


def split_message(pair: Pair) -> str:
    """What was trained on, and what is held out."""
    if pair.parts is None:
        return (
            "Of every 10 s or so the first 75 % were for training, the next 10 % for validation "
            "and the last\n  15 % for the test, with gaps between them. Music repeats itself: on "
            "other music the figure may be\n  worse."
        )
    return (
        f"{pair.parts.source} brings its own parts for validation and test, which were not trained "
        f"on."
    )


def _dynamics(learned: Learned) -> Dynamics | None:
    """The model, where it is a compressor or its like."""
    model = learned.checkpoint.model()
    return model if isinstance(model, Dynamics) else None


def _gain_section(learned: Learned) -> str:
    """What a compressor does, in its own terms, and its gain over time beside the device's."""
    if (model := _dynamics(learned)) is None:
        return ""
    does = behaviour(model, learned.pair.sample_rate_hz)
    return f"""## Gain over time

Threshold {does.threshold_db:.1f} dBFS, ratio {does.ratio:.1f} : 1, attack {does.attack_ms:.1f} ms,
release {does.release_ms:.0f} ms, each the time for 63 % of the way after a step.

![Gain over time]({GAIN})
"""


def tried_table(learned: Learned) -> str:
    """All that was tried, in Markdown, the effect in bold."""
    rate_hz = learned.pair.sample_rate_hz
    lines = [
        "| tried | ESR | ESR, dB | of a core | latency | trained |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for one in learned.tried:
        name = f"**{one.name}**" if one == learned.best else one.name
        lines.append(
            f"| {name} | {10 ** (one.esr_db / 10):.4f} | {one.esr_db:.1f} | "
            f"{100 * one.core_share:.2f} % | {1000 * one.latency_samples / rate_hz:.1f} ms | "
            f"{one.seconds:.0f} s |"
        )
    return "\n".join(lines)


def sizes(config: Config) -> str:
    """The size of a config's model in words."""
    values = asdict(config.size).items()
    return ", ".join(
        f"{name.replace('_', ' ')} {' '.join(map(str, v)) if isinstance(v, tuple) else v}"
        for name, v in values
    )


def _latency(samples: int, rate_hz: int) -> str:
    if not samples:
        return "no latency"
    return f"a latency of {samples} samples ({1000 * samples / rate_hz:.1f} ms)"


def table(found: PairFigures) -> str:
    """The figures in Markdown, with those of the baselines."""
    return "\n".join(
        [
            "| held out | ESR | ESR, dB | pre-emphasised, dB | MR-STFT |",
            "|---|---:|---:|---:|---:|",
            _row("**this effect**", found.effect_db, found.emphasised_db, found.mr_stft),
            _row("the best linear filter", found.filter_db),
            _row("the filter, then the best curve", found.curve_db),
            _row("unprocessed input", found.unprocessed_db, None, found.unprocessed_mr_stft),
            _row("this effect, each 50 ms at the target's level", found.levelled_db),
        ]
    )


def limit_message(found: PairFigures, best: Tried, device_type: DeviceType) -> str:
    """What the architecture cannot do for this device, if that is most of the error; else ""."""
    if best.is_causal or not (device_type.has_dynamic_gain and found.lacks_level):
        return ""
    return (
        f"With each 50 ms at the target's level the ESR would be {found.levelled_db:.1f} dB: most "
        f"of the error is dynamic gain. {NO_MEMORY}"
    )


def _row(
    name: str, found_db: float, emphasised_db: float | None = None, mr_stft: float | None = None
) -> str:
    emphasised = "" if emphasised_db is None else f"{emphasised_db:.1f}"
    distance = "" if mr_stft is None else f"{mr_stft:.2f}"
    return f"| {name} | {10 ** (found_db / 10):.4f} | {found_db:.1f} | {emphasised} | {distance} |"
