"""A trained model as an effect file, whatever its family."""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from ...export.effect import export_effect, unmeasured
from ...export.to_onnx import StateShapes
from ...plugin_core import _engine
from ...plugin_core.atomic_write import atomic_write
from ...plugin_core.effect_files.contract import Capture, Contract, Provenance
from ...plugin_core.effect_files.loading import Backend, load_model
from ...plugin_core.effect_files.uniform import uniform
from ...plugin_core.effect_files.windows import make_window
from ...plugin_core.errors import Error
from ..families.causal import CausalNetwork
from ..families.causal_family import CausalFamily
from ..families.family import WHOLE
from ..families.frame_family import FrameFamily
from ..families.registry import AnyFamily, find_family
from ..training.checkpoint import Checkpoint
from ..training.config import Config

SEED = 1
BLOCK_SAMPLES = 64  # in which ONNX Runtime plays causal models; kernels take any number


@dataclass(frozen=True)
class Differences:
    """How far the engine is from the trained model, frame by frame, over frames of noise.

    `median` and `p99` are of each frame's largest difference relative to its largest sample; `esr`
    is that of all frames together.
    """

    backend: str
    frames: int
    median: float
    p99: float
    esr: float


def export_checkpoint(
    checkpoint: Checkpoint, path: str | os.PathLike[str], capture: Capture | None = None
) -> Contract:
    """Write the best weights of a training as an effect file and return its contract.

    `capture` is what is known of the device that it learned, if it is one. Raise tonecast.Error as
    `export_model` does.
    """
    config = checkpoint.config
    contract = Contract(
        kind="effect",
        name=config.name,
        label=config.label,
        description=config.description,
        sample_rate_hz=config.sample_rate_hz,
        **_format(config),
        provenance=Provenance(
            data=config.data.credit,
            licences=config.data.licences,
            losses=checkpoint.figures(),
            date=date.today().isoformat(),
        ),
        parity=unmeasured(),
        architecture=config.family.architecture(config.size),
        controls=tuple(knob.control() for knob in config.knobs),
        trained_level=checkpoint.trained_level,
        capture=capture,
    )
    return export_model(checkpoint.model(), contract, path)


def export_model(model: nn.Module, contract: Contract, path: str | os.PathLike[str]) -> Contract:
    """Write a model as the effect that `contract` promises; return the contract, filled in.

    The contract's architecture is the model's; the parity record is measured. The file appears once
    it is found to agree with PyTorch; until then, and after any failure, whatever was there stays.
    Raise tonecast.Error as `export_effect` does, and if the two differ.
    """
    path = Path(path)
    family = _family(contract)
    allowed = family.tolerances
    contract = replace(contract, parity=unmeasured(allowed.sample))
    states = _states(family, contract)
    with atomic_write(path) as draft:
        try:
            contract = export_effect(_graph(family, model, contract), states, contract, draft)
            for backend, largest_median in allowed.median.items():
                found = differences(model, draft, backend)
                if not (found.median <= largest_median and found.esr <= allowed.esr):
                    raise Error(
                        f"{path}: {found.backend} and PyTorch differ by {found.median:.1e} of the "
                        f"peak in half of all frames, with an ESR of {found.esr:.1e}; not written"
                    )
        except Error as error:
            raise Error(str(error).replace(str(draft), str(path))) from None
    return contract


def differences(
    model: nn.Module, path: Path, backend: Backend = "auto", frames: int = 200
) -> Differences:
    """Compare the model as it was trained, FFTs included, with the file as the engine plays it.

    A causal model's frames are blocks. One with a state takes all of them at once, so what the
    engine carries from frame to frame is compared, too. Raise tonecast.Error for a file that cannot
    be played.
    """
    loaded = load_model(path, backend)
    contract = Contract.from_json(loaded.contract_json)
    size = contract.frame_size_samples
    noise = (uniform(SEED, frames * size) - 0.5).reshape(frames, 1, size).astype(np.float32)
    noise *= make_window(contract.analysis_window, size)
    runner = _engine.FrameRunner(loaded, 1)
    played = np.concatenate([runner.run(frame, {}) for frame in noise])
    family = _family(contract)
    has_state = contract.form == "causal" or bool(_states(family, contract))
    wanted = _in_pytorch(family, model, torch.from_numpy(noise[:, 0]), has_state).numpy()
    error = played - wanted
    relative = np.abs(error).max(axis=1) / np.abs(wanted).max(axis=1)
    return Differences(
        loaded.played_by.backend,
        frames,
        float(np.median(relative)),
        float(np.percentile(relative, 99)),
        float(np.square(error).sum() / np.square(wanted).sum()),
    )


@torch.no_grad()
def _in_pytorch(family: AnyFamily, model: nn.Module, frames: Tensor, has_state: bool) -> Tensor:
    """What a model makes of frames [frames, samples]."""
    play = family.training_modes()[WHOLE].run
    if isinstance(model, CausalNetwork) and model.conditions:
        middle = torch.full((1, model.conditions), 0.5)  # where the controls stand
        return play(model, frames.reshape(1, -1), middle).reshape(frames.shape)
    if has_state:
        return play(model, frames.reshape(1, -1)).reshape(frames.shape)
    return torch.cat([play(model, some) for some in torch.split(frames, 16)])


def _graph(family: AnyFamily, model: nn.Module, contract: Contract) -> nn.Module:
    """What plays a model: a causal one hears its controls within their ranges."""
    if isinstance(family, CausalFamily) and isinstance(model, CausalNetwork):
        return family.graph(model, contract.controls)
    graph: nn.Module = family.graph(model)
    return graph


def _states(family: AnyFamily, contract: Contract) -> StateShapes:
    """Those that the exporter is to be told; the graph of a causal model knows its own."""
    if not isinstance(family, FrameFamily):
        return {}
    states: StateShapes = family.state_shapes(family.size_in(contract))
    return states


def _format(config: Config) -> dict[str, Any]:
    """What a contract says about frames, or about blocks."""
    family = config.family
    if not isinstance(family, CausalFamily):
        return asdict(config.frame_format)
    return {
        "form": "causal",
        "frame_size_samples": BLOCK_SAMPLES,
        "hop_size_samples": BLOCK_SAMPLES,
        "hop_sizes_samples": (BLOCK_SAMPLES,),
        "prewarm_samples": family.prewarm_samples(config.size),
    }


def _family(contract: Contract) -> AnyFamily:
    if contract.architecture is None:
        raise Error(f"the contract of '{contract.name}' names no architecture; give it the model's")
    return find_family(contract.architecture.name)
