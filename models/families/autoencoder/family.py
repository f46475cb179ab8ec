"""CAE and CAFx as model families."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

import torch
from torch import Tensor, nn

from ....plugin_core.effect_files.contract import Contract
from ..family import Tolerances, TrainingMode
from ..frame_family import FrameFamily, FrameFormat
from .cae import CAE, AutoencoderSize
from .cafx import CAFx
from .graph import CAEGraph
from .weights import restore

CONVOLUTIONS = "convolutions"

# Fractions of the frame: Hann windows add up to a constant at every one of them.
HOPS = (1 / 16, 1 / 8, 1 / 4, 1 / 2)
# A quarter of the cost of 1/16, the papers' own, and 0.2 dB more error; 1/2 takes 0.7 dB
# (models/packs/papers/effects/eq-lowshelf.md, low shelf on held-out notes).
DEFAULT_HOP = 1 / 4

AutoencoderT = TypeVar("AutoencoderT", bound=CAE)


class AutoencoderFamily(FrameFamily[AutoencoderSize, AutoencoderT]):
    """The common part of CAE and CAFx: everything but the layers."""

    size_type = AutoencoderSize
    # Near-ties: where two samples of a pool are as good as equal, rounding decides which of them is
    # kept, and one kernel of 8192 moves. It happens to a few frames in a hundred and changes those
    # by up to some percent, on another processor as well as here. So a tolerance for every sample
    # must be wide; that the graph computes the same thing shows in the median and in the error of
    # all frames.
    tolerances = Tolerances(
        sample=0.05,
        median={
            "onnxruntime": 1e-5,
            "auto": 1e-4,  # the fast kernel's local layer has weights of 16 bits
        },
        esr=1e-4,
    )

    def frame_format(self, size: AutoencoderSize) -> FrameFormat:
        """Frames Hann-windowed once, on the way in."""
        return FrameFormat(
            frame_size_samples=size.frame,
            hop_size_samples=round(size.frame * DEFAULT_HOP),
            hop_sizes_samples=tuple(sorted({round(size.frame * share) for share in HOPS})),
            analysis_window="hann",
            synthesis_window="none",
        )

    def graph(self, model: AutoencoderT) -> CAEGraph:
        """The model rewritten for ONNX Runtime, exactly."""
        return CAEGraph(model)

    def restore(self, model: AutoencoderT, graph: nn.Module) -> None:
        """Undo the rewriting of the weights: bit for bit, the curves of a CAFx up to rounding."""
        assert isinstance(graph, CAEGraph)
        restore(model, graph)

    def training_modes(self) -> Mapping[str, TrainingMode[AutoencoderT]]:
        """The whole model, or the convolutions alone, unsupervised (DAFx 2018, section 3.1)."""
        return {
            **super().training_modes(),
            CONVOLUTIONS: TrainingMode(
                lambda model, frames: model.reconstruct(frames), reconstructs=True
            ),
        }


class CAEFamily(AutoencoderFamily[CAE]):
    """See `cae.py`."""

    name = "cae"

    def build(self, size: AutoencoderSize) -> CAE:
        """A CAE that passes sound."""
        return CAE(size)


class CAFxFamily(AutoencoderFamily[CAFx]):
    """See `cafx.py`."""

    name = "cafx"
    has_penalty = True

    def build(self, size: AutoencoderSize) -> CAFx:
        """A CAFx that passes sound in its lower bands."""
        return CAFx(size)

    def penalty(self, model: CAFx) -> Tensor:
        """What rough curves cost (Hou et al., section 3.2)."""
        return model.curves.smoothness_penalty()

    def compile(self, model: CAFx) -> None:
        """Compile the curves: each sample is looked up, and one pass does all of it.

        As single operators they are two dozen passes over 8 MB, a third of a training step;
        compiled, a seventh. Where no compiler is found they stay as they are.
        """
        torch._dynamo.config.suppress_errors = True
        model.curves.compile()


CAE_FAMILY = CAEFamily()
CAFX_FAMILY = CAFxFamily()


def is_autoencoder(contract: Contract) -> bool:
    """Whether an effect is a CAE or CAFx."""
    names = {CAE_FAMILY.name, CAFX_FAMILY.name}
    return contract.architecture is not None and contract.architecture.name in names
