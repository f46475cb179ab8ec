"""The report on a capture: figures, plots, sounds and the checks' results, in one folder."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ...plugin_core import Effect
from ...plugin_core.atomic_write import atomic_write
from ...plugin_core.audio_files.files import whole_file
from ...plugin_core.effect_files.contract import Contract
from ...plugin_core.errors import Error
from ...plugin_core.samples import Samples
from ..data.pair.device_type import NO_MEMORY, DeviceType
from ..data.pair.pair import Pair
from ..training.config import Config
from .figures import HeldOut, PairFigures, figures, play_held_out
from .pictures import draw_curves, draw_spectrograms
from .split import Spans

PAGE, SPECTROGRAMS, CURVES = "report.md", "spectrograms.png", "curves.png"
BITS = 32  # floating point: no rounding, no clipping


@dataclass(frozen=True)
class Learned:
    """A finished training on a pair."""

    config: Config
    effect_path: Path
    pair: Pair
    spans: Spans
    seconds: float
    steps: int


def write_report(learned: Learned, folder: Path) -> PairFigures:
    """Measure the effect on the held-out part and write the folder, complete or not at all.

    Raise tonecast.Error where it cannot be written.
    """
    pair, rate_hz = learned.pair, learned.pair.sample_rate_hz
    effect = Effect(learned.effect_path)
    sounds = play_held_out(effect, pair, learned.spans)
    found = figures(sounds, rate_hz)
    title = f"{learned.config.name}: held-out part"
    with _whole_folder(folder) as draft:
        draw_spectrograms(sounds, rate_hz, title, draft / SPECTROGRAMS)
        draw_curves(sounds, rate_hz, title, draft / CURVES)
        for name, sound in _to_listen_to(sounds).items():
            with whole_file(draft / f"{name}.wav", rate_hz, 1, BITS) as file:
                file.write(sound[np.newaxis])
        (draft / PAGE).write_text(page(learned, effect.contract, sounds, found), encoding="utf-8")
    return found


def page(learned: Learned, contract: Contract, sounds: HeldOut, found: PairFigures) -> str:
    """The page in Markdown."""
    config, pair = learned.config, learned.pair
    rate_hz = pair.sample_rate_hz
    checks = "\n".join(f"- **{f.check}** ({f.kind}): {f.message}" for f in pair.check_results)
    limit = limit_message(found, pair.device_type)
    latency = sounds.latency_samples
    return f"""# {contract.label}

**ESR {found.esr:.4f} ({found.effect_db:.1f} dB): {found.verdict}.** Below 0.01 is great, below
0.035 good, below 0.1 fair, above is poor. Measured on {len(sounds.dry) / rate_hz:.1f} s that were
not trained on, played by the engine.
{limit and f"{chr(10)}{limit}{chr(10)}"}
{table(found)}

ESR is the energy of the error over that of the target; null depth is how far the RMS of target −
output lies below the target's; MR-STFT is auraloss's multi-resolution STFT distance. The linear
filter has 512 taps; it and the memoryless curve after it were fitted to the training parts.

![Spectrograms]({SPECTROGRAMS})

![Waveshaping and spectra]({CURVES})

The red line of a waveshaping curve is the mean output at each input level; dots are samples.

## Listen

`dry.wav` is the input, `target.wav` the device, `output.wav` the effect, `difference.wav` target −
output: the held-out parts, one after another.

## The dry/wet pair

{pair.credit}. {len(pair.dry) / rate_hz:.1f} s used.

{checks}

## The effect

- `../{learned.effect_path.name}`: {config.model.upper()}, {rate_hz} Hz, frames of
  {contract.frame_size_samples} samples, a hop of {contract.hop_size_samples}, a latency of
  {latency} samples ({1000 * latency / rate_hz:.1f} ms). Verified: the engine plays what PyTorch
  computes.
- It played at {sounds.real_time_factor:.1f} × real time when this was measured.
- Training took {learned.seconds:.0f} s: {learned.steps} steps of {config.batch_frames} frames.
- {split_message(pair)}
"""


def split_message(pair: Pair) -> str:
    """What was trained on, and what is held out."""
    if pair.parts is None:
        return (
            "Of every 10 s or so the first 75 % were for training, the next 10 % for validation "
            "and the last\n  15 % for the test, with a gap of a frame between them. Music repeats "
            "itself: on other music the\n  figure may be worse."
        )
    return (
        f"{pair.parts.source} brings its own parts for validation and test, which were not trained "
        f"on."
    )


def table(found: PairFigures) -> str:
    """The figures in Markdown, with those of the baselines."""
    return "\n".join(
        [
            "| held out | ESR | ESR, dB | null depth, dB | MR-STFT |",
            "|---|---:|---:|---:|---:|",
            _row("**this effect**", found.effect_db, found.mr_stft),
            _row("the best linear filter", found.filter_db, None),
            _row("the filter, then the best curve", found.curve_db, None),
            _row("unprocessed input", found.unprocessed_db, found.unprocessed_mr_stft),
            _row("this effect, each 50 ms at the target's level", found.levelled_db, None),
        ]
    )


def limit_message(found: PairFigures, device_type: DeviceType) -> str:
    """What the architecture cannot do for this device, if that is most of the error; else ""."""
    if not (device_type.has_dynamic_gain and found.lacks_level):
        return ""
    return (
        f"With each 50 ms at the target's level the ESR would be {found.levelled_db:.1f} dB: most "
        f"of the error is dynamic gain. {NO_MEMORY}"
    )


def _row(name: str, found_db: float, mr_stft: float | None) -> str:
    distance = "" if mr_stft is None else f"{mr_stft:.2f}"
    return (
        f"| {name} | {10 ** (found_db / 10):.4f} | {found_db:.1f} | {-found_db:.1f} | {distance} |"
    )


def _to_listen_to(sounds: HeldOut) -> dict[str, Samples]:
    return {
        "dry": sounds.dry,
        "target": sounds.wanted,
        "output": sounds.played,
        "difference": sounds.wanted - sounds.played,
    }


@contextmanager
def _whole_folder(folder: Path) -> Iterator[Path]:
    """A folder beside `folder` that is renamed to it when the block ends."""
    try:
        with atomic_write(folder) as draft:
            draft.mkdir(parents=True)
            yield draft
    except OSError as error:
        raise Error(
            f"{folder} cannot be written: {error.strerror or error}; the training is kept, and the "
            f"same command resumes it"
        ) from None
