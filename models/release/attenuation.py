"""Export fitted predictors: `python -m tonecast.models.release.attenuation WORK`.

WORK is the folder of one configuration in the work folder of
`tonecast.models.predictors.training.study`. Writes attenuation-live.onnx and attenuation-ffn.onnx
to models/artifacts.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import torch

from ...export.effect import unmeasured
from ...export.predictor import export_predictor
from ...plugin_core.effect_files.contract import Contract, PredictorTiming, Provenance
from ...plugin_core.errors import Error
from ..predictors.descriptors.descriptors import Descriptors
from ..predictors.drn import DRN, PRESETS
from ..predictors.ffn import FFN
from ..predictors.predictor import OneWindow, Predictor
from .resonance_eq import ARTIFACTS

DATA = "SIMULATED ratings of recordings and made-up mixes with resonances added"
CREDIT = (
    "recordings by Karissa Hobbs, Kevin MacLeod, HorrorPen and others, notes of Alexander Holm's "
    "Salamander Grand Piano, Karoryfer Samples and DrumGizmo's MuldjordKit"
)
PERIOD_S = 0.25
SMOOTHING_S = 1.0  # settles within the 3 s over which resonances come and go


@dataclass(frozen=True)
class Shipped:
    """A predictor that ships, and its checkpoint."""

    name: str
    label: str
    checkpoint: str
    make: Callable[[], Predictor]


SHIPPED = (
    Shipped("attenuation-live", "Attenuation, live", "drn-live.pt", lambda: DRN(PRESETS["live"])),
    Shipped("attenuation-ffn", "Attenuation, FFN", "ffn.pt", lambda: FFN(Descriptors())),
)


def export_attenuation(
    shipped: Shipped, work: Path, path: Path, data: str = f"{DATA}; {CREDIT}"
) -> Contract:
    """Write one predictor; `data` says what it learned from.

    Raise tonecast.Error if its checkpoint is missing or another network.
    """
    checkpoint = work / shipped.checkpoint
    try:
        kept = torch.load(checkpoint, weights_only=True)
        model = shipped.make()
        model.load_state_dict(kept["weights"])
    except OSError as error:
        raise Error(f"{checkpoint}: cannot be read: {error.strerror}") from None
    except (KeyError, RuntimeError):
        raise Error(f"{checkpoint}: not a checkpoint of {shipped.name}; fit it again") from None
    contract = Contract(
        kind="predictor",
        name=shipped.name,
        label=shipped.label,
        description="Says how much resonance to take away, from the last half second.",
        sample_rate_hz=model.sample_rate_hz,
        provenance=Provenance(
            data=data,
            licences=tuple(json.loads(kept["licences"])),
            losses={"cross_validated_msbe": float(kept["cross_validated_msbe"])},
            date=date.today().isoformat(),
        ),
        parity=unmeasured(),
        predictor=PredictorTiming(model.window_samples, PERIOD_S, SMOOTHING_S),
    )
    return export_predictor(OneWindow(model.eval()), contract, path)


if __name__ == "__main__":
    for one in SHIPPED:
        parity = export_attenuation(one, Path(sys.argv[1]), ARTIFACTS / f"{one.name}.onnx").parity
        print(f"{one.name}: within {parity.largest_difference:.1e} of PyTorch")
