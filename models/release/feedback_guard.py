"""Export the feedback suppressor: `python -m tonecast.models.release.feedback_guard`.

Writes feedback-guard.onnx and its card to models/artifacts.
"""

from __future__ import annotations

from pathlib import Path

from ...export.curve.export import export_curve
from ...export.effect import unmeasured
from ...export.knob import Knob
from ...plugin_core.effect_files.contract import Contract, Provenance
from ..feedback_guard.feedback_guard import CURVE, SAMPLE_RATE_HZ, FeedbackGuard
from .resonance_eq import ARTIFACTS

FILE = "feedback-guard.onnx"
KNOBS = {
    "depth_db": Knob(0.0, 24.0, 24.0, unit="dB"),
    "sensitivity": Knob(0.0, 1.0, 0.5),
}
CARD = """# {label}

{description} Without latency, at every rate.

`depth_db` is how much may be cut of one frequency. The higher the `sensitivity`, the slower growth
and the less prominent a tone it takes for feedback; at 0.5 it has to stand 18 dB above its
neighbours. `delta` plays what is taken away: music should hardly be heard there.

- **Method**: {data} ({licences}), in
  [`models/feedback_guard`](../feedback_guard/feedback_guard.py). Nothing is learned.
- **Measured** in simulated rooms, and on clean music:
  [results](../../benchmarks/results/FEEDBACK_GUARD.md).
"""


def export_feedback_guard(path: Path) -> Contract:
    """Write it as an effect. Raise tonecast.Error where that fails."""
    contract = Contract(
        kind="effect",
        name="feedback-guard",
        label="Feedback guard",
        description="Holds a microphone down that is about to ring, where it begins to.",
        sample_rate_hz=SAMPLE_RATE_HZ,
        controls=tuple(knob.control(name) for name, knob in KNOBS.items()),
        provenance=Provenance(
            data="none: signal processing with criteria of van Waterschoot and Moonen (2010)",
            licences=("GPL-3.0-or-later",),
            losses={},
            date="2026-11-28",
        ),
        parity=unmeasured(),
    )
    return export_curve(FeedbackGuard().eval(), CURVE, contract, path, lambda _: None).contract


def card(contract: Contract) -> str:
    """Markdown: what it does, and where it was measured."""
    return CARD.format(
        label=contract.label,
        description=contract.description,
        data=contract.provenance.data,
        licences=", ".join(contract.provenance.licences),
    )


if __name__ == "__main__":
    made = export_feedback_guard(ARTIFACTS / FILE)
    (ARTIFACTS / FILE).with_suffix(".md").write_text(card(made))
    print(f"{FILE}: within {made.parity.largest_difference:.1e} dB of PyTorch")
