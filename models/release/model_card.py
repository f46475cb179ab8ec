"""The model card of a trained effect, written beside it: model, data, training and figures.

    python -m tonecast.models.release.model_card CHECKPOINT EFFECT.onnx

Run it in the directory that the data folder of the checkpoint's config is relative to.
"""

from __future__ import annotations

import sys
from pathlib import Path

from ...plugin_core.effect_files.catalog import read_effect
from ..training import checkpoint
from ..training.checkpoint import Checkpoint
from .effect_tables import tables


def card(checkpoint_path: Path, effect_path: Path) -> str:
    """Markdown: task, data and licences, training, figures on held-out notes."""
    trained = checkpoint.load(checkpoint_path)
    config = trained.config
    (contract,) = read_effect(effect_path).contracts.values()
    licences = ", ".join(contract.provenance.licences)
    command = f"papers/{config.name}" if contract.form == "frame" else config.name
    if contract.form == "causal":
        plays = f"{config.model}, causal: no latency at {contract.sample_rate_hz} Hz."
    else:
        hops = " or ".join(map(str, contract.hop_sizes_samples))
        frame = contract.frame_size_samples
        plays = f"""{config.model.upper()}, frames of {frame} samples, a hop of
  {hops}, by default {contract.hop_size_samples}."""
    return f"""# {contract.label}

{contract.description} It plays at {contract.sample_rate_hz} Hz: nothing above
{contract.sample_rate_hz // 2} Hz comes through.

- **Model**: {plays}
- **Data**: {contract.provenance.data} ({licences}). The pitches of the test were not trained on,
  nor were their recordings.
- **Training**: `tonecast train {command}`, {_training(trained)};
  {contract.provenance.date}.

On held-out notes, played by the engine (`python -m tonecast.models.release.model_card`):

{tables(config, effect_path)}

kl, mse, mae and loss are those of Martínez Ramírez and Reiss (2018), section 3.3; ESR is the energy
of the error over that of the target.
"""


def _training(trained: Checkpoint) -> str:
    config = trained.config
    if not config.stages:
        return "fitted in seconds"
    start = f"starting from the weights of `{config.starts_from}`, " if config.starts_from else ""
    stages = ", then ".join(f"{stage.steps} steps of {stage.name}" for stage in config.stages)
    minutes = (trained.progress or {}).get("seconds", 0) / 60
    return f"{start}{stages}, {minutes:.0f} minutes in all"


if __name__ == "__main__":
    target = Path(sys.argv[2]).with_suffix(".md")
    target.write_text(card(Path(sys.argv[1]), Path(sys.argv[2])))
    print(f"wrote {target.name}")
