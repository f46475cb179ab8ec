"""Train and export the tone matcher: `python -m tonecast.models.release.tone_match AUDIO`.

AUDIO is a folder of recordings with a MANIFEST.csv. Trains on all that its licences permit, and
writes tone-match.onnx and its card to models/artifacts. The errors in both are those of
cross-validation: of networks that were trained in the same way on other recordings.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import torch

from ...export.curve.export import export_curve
from ...export.effect import unmeasured
from ...export.knob import Knob
from ...plugin_core.effect_files.contract import Contract, Provenance
from ..tone_match.bands import N_BANDS
from ..tone_match.corpus import Track, read_tracks
from ..tone_match.evaluation import TIMES_S, Outcome, cross_validate, mean_errors
from ..tone_match.tone_match import CURVE, EMPTY_DB, SAMPLE_RATE_HZ, SpectrumGuess, ToneMatch
from ..tone_match.training import Plan, train
from .resonance_eq import ARTIFACTS

FILE = "tone-match.onnx"
DATE = "2026-11-28"
PLAN = Plan()
CREDIT = (
    "recordings by Karissa Hobbs, Kevin MacLeod, HorrorPen, Mihai Sorohan, the US Army Strings, "
    "vocadito and others, guitar phrases of cycfi/q and nicolagulmini/plugins; SIMULATED pieces of "
    "notes of Alexander Holm's Salamander Grand Piano, Karoryfer Samples and DrumGizmo's "
    "MuldjordKit"
)
KNOBS = {
    "strength": Knob(0.0, 1.0, 0.5),
    "tilt_db": Knob(-12.0, 12.0, 0.0, unit="dB", label="Tilt"),
}
CARD = """# {label}

{description} Without latency, at every rate.

`strength` is how much of the way to the reference is gone, `tilt_db` by how much the reference is
brighter at 10 kHz than at 100 Hz, `delta` plays what is taken away. It changes at most ±12 dB,
boosts no band that is {empty:g} dB below the loudest one, and keeps the power per ERB as it was.

- **Model**: a network of {weights} weights ([`models/tone_match`](../tone_match/tone_match.py)),
  convolutions over {bands} bands. From running averages it guesses the mean spectrum of the whole
  track; the curve is the reference less that.
- **Reference**: the mean spectrum of the recordings below.
- **Data**: {data} ({licences}).
- **Training**: {tracks} tracks, of which {excerpts} excerpts were heard at {times} times each,
  coloured and mixed at random; {date}.

## How far the guess is from the track's final spectrum

RMS over the bands, dB; in cross-validation, no session on two sides. Notes of the simulated pieces
are. [Track by track](../../benchmarks/results/TONE_MATCH.md).

| heard for | network | plain running average | tracks |
|---|---:|---:|---:|
{rows}
"""


def export_tone_match(guess: SpectrumGuess, provenance: Provenance, path: Path) -> Contract:
    """Write a trained tone matcher as an effect. Raise tonecast.Error where that fails."""
    contract = Contract(
        kind="effect",
        name="tone-match",
        label="Tone matcher",
        description="Moves a track's long-term spectrum toward that of recorded music.",
        sample_rate_hz=SAMPLE_RATE_HZ,
        controls=tuple(knob.control(name) for name, knob in KNOBS.items()),
        provenance=provenance,
        parity=unmeasured(),
    )
    return export_curve(ToneMatch(guess).eval(), CURVE, contract, path, lambda _: None).contract


def provenance_of(tracks: Sequence[Track], outcomes: Sequence[Outcome]) -> Provenance:
    """What it was trained on, with its errors in cross-validation."""
    licences = {licence for track in tracks for licence in track.licences}
    losses = {}
    for time_s in TIMES_S:
        found = mean_errors(outcomes, time_s)
        losses[f"after_{time_s:g}_s_db"] = round(found.network_db, 3)
        losses[f"average_after_{time_s:g}_s_db"] = round(found.average_db, 3)
    return Provenance(CREDIT, tuple(sorted(licences)), losses, DATE)


def card(contract: Contract, guess: SpectrumGuess, outcomes: Sequence[Outcome]) -> str:
    """Markdown: what it does, data, training, and its errors in cross-validation."""
    rows = []
    for time_s in TIMES_S:
        found = mean_errors(outcomes, time_s)
        errors = f"{found.network_db:.2f} | {found.average_db:.2f} | {found.tracks}"
        rows.append(f"| {time_s:g} s | {errors} |")
    return CARD.format(
        label=contract.label,
        description=contract.description,
        empty=-EMPTY_DB,
        weights=sum(weight.numel() for weight in guess.parameters() if weight.requires_grad),
        bands=N_BANDS,
        data=contract.provenance.data,
        licences=", ".join(contract.provenance.licences),
        tracks=len(outcomes),
        excerpts=PLAN.excerpts,
        times=PLAN.times,
        date=contract.provenance.date,
        rows="\n".join(rows),
    )


def main(audio_folder: Path) -> None:
    """Cross-validate, train and write."""
    torch.set_num_threads(1)
    tracks = read_tracks(audio_folder)
    outcomes = list(cross_validate(tracks, PLAN))
    guess = train(tracks, PLAN)
    contract = export_tone_match(guess, provenance_of(tracks, outcomes), ARTIFACTS / FILE)
    (ARTIFACTS / FILE).with_suffix(".md").write_text(card(contract, guess, outcomes))
    print(f"{FILE}: within {contract.parity.largest_difference:.1e} dB of PyTorch")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
