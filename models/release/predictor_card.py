"""The card of a shipped predictor: `python -m tonecast.models.release.predictor_card WORK REPORT`.

WORK is the folder of one configuration in the work folder of
`tonecast.models.predictors.training.study`, REPORT the page that
`tonecast.benchmarks.predictors.predictor_eval` writes. Writes the cards beside the predictors in
models/artifacts.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import torch

from ...plugin_core.effect_files.catalog import read_effect
from .attenuation import SHIPPED, Shipped
from .resonance_eq import ARTIFACTS


def card(shipped: Shipped, work: Path, report: Path) -> str:
    """Markdown: input, data and training, with the report's tables."""
    (contract,) = read_effect(ARTIFACTS / f"{shipped.name}.onnx").contracts.values()
    kept = torch.load(work / shipped.checkpoint, weights_only=True)
    settings = json.loads(kept["settings"])
    text = report.read_text()
    judged = text[text.index("## Cross-validation") :].replace("\n## ", "\n### ")
    judged = "\n".join(line for line in judged.splitlines() if not line.startswith("!["))
    timing = contract.predictor
    assert timing is not None
    return f"""# {contract.label}

{contract.description} It moves the attenuation of `resonance-eq`.

**Trained on simulated ratings**: no person has rated anything. The simulation's assumptions are
listed in `models/listening/experiment.py` and `models/listening/raters.py`.

- **Input**: {timing.window_samples} samples of stereo at {contract.sample_rate_hz} Hz, every
  {timing.period_s:g} s.
- **Data**: {contract.provenance.data} ({", ".join(contract.provenance.licences)}).
- **Training**: {settings["steps"]} steps of {settings["batch"]} windows;
  {contract.provenance.date}. MSBE {kept["cross_validated_msbe"]:.4f} in cross-validation.

#{judged}
"""


if __name__ == "__main__":
    for one in SHIPPED:
        path = ARTIFACTS / f"{one.name}.md"
        path.write_text(card(one, Path(sys.argv[1]), Path(sys.argv[2])))
        print(f"wrote {path.name}")
