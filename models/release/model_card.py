"""The model card of a trained effect, written beside it: model, data, training and figures.

    python -m tonecast.models.release.model_card CHECKPOINT EFFECT.onnx

Run it in the directory that the data folder of the checkpoint's config is relative to.
"""

from __future__ import annotations

import sys
from pathlib import Path

from ...plugin_core.effect_files.catalog import read_effect
from ..training import checkpoint
from .effect_tables import tables


def card(checkpoint_path: Path, effect_path: Path) -> str:
    """Markdown: task, data and licences, training, figures on held-out notes."""
    trained = checkpoint.load(checkpoint_path)
    config = trained.config
    (contract,) = read_effect(effect_path).contracts.values()
    stages = ", then ".join(f"{stage.steps} steps of {stage.name}" for stage in config.stages)
    start = f"starting from the weights of `{config.starts_from}`, " if config.starts_from else ""
    licences = ", ".join(contract.provenance.licences)
    minutes = (trained.progress or {}).get("seconds", 0) / 60
    hops = " or ".join(map(str, contract.hop_sizes_samples))
    return f"""# {contract.label}

{contract.description} It plays at {contract.sample_rate_hz} Hz: nothing above
{contract.sample_rate_hz // 2} Hz comes through.

- **Model**: {config.model.upper()}, frames of {contract.frame_size_samples} samples, a hop of
  {hops}, by default {contract.hop_size_samples}.
- **Data**: {contract.provenance.data} ({licences}). The pitches of the test were not trained on,
  nor were their recordings.
- **Training**: `tonecast train {config.name}`, {start}{stages}, {minutes:.0f} minutes in all;
  {contract.provenance.date}.

On held-out notes, played by the engine (`python -m tonecast.models.release.model_card`):

{tables(config, effect_path)}

kl, mse, mae and loss are those of Martínez Ramírez and Reiss (2018), section 3.3; ESR is the energy
of the error over that of the target.
"""


if __name__ == "__main__":
    target = Path(sys.argv[2]).with_suffix(".md")
    target.write_text(card(Path(sys.argv[1]), Path(sys.argv[2])))
    print(f"wrote {target.name}")
