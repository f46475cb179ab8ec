"""Write into released effects how loud the data of their training are.

    python -m tonecast.models.release.trained_level NAME …

For the papers' effects, which were exported before contracts said so: the training data are read
again by models/configs/papers/NAME.toml, and the graph stays as it is. Run it in the directory that
the data folder of the config is relative to.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

from ...export.effect import rewrite_contract
from ...plugin_core.effect_files.catalog import read_effect
from ...plugin_core.effect_files.contract import TrainedLevel
from ..training.config import read_config
from ..training.session import examples, prepare
from ..training.trained_level import trained_level


def add_trained_level(effect_path: Path, config_path: Path) -> TrainedLevel:
    """Read the data of a config and write their level into an effect file's contract.

    Raise tonecast.Error where one of them cannot be read.
    """
    config = read_config(config_path)
    level = trained_level(config, examples(prepare(config).training, config))
    (contract,) = read_effect(effect_path).contracts.values()
    rewrite_contract(effect_path, replace(contract, trained_level=level))
    return level


if __name__ == "__main__":
    models = Path(__file__).resolve().parents[1]
    for name in sys.argv[1:]:
        found = add_trained_level(
            models / "packs" / "papers" / "effects" / f"{name}.onnx",
            models / "configs" / "papers" / f"{name}.toml",
        )
        print(f"{name}: {found}", flush=True)
