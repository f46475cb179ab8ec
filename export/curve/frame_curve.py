"""The graph of a filter effect: frame ─ levels of the bins ─ the module's next step ─ curve."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from ..dft import RealDFT
from ..streaming.convert import Converted
from ..streaming.frame_module import FrameModule
from ..to_onnx import StateShapes
from .curve import Curve, to_db


class FrameCurve(nn.Module):
    """Map (frame [channels, n], windowed, controls, states) to (gain_db [rows, bins], next states).

    Rows are the channels, or one of all of them where they are linked. `converted` is the module,
    converted for one step in time. A filter effect's states are zeros at first: what is carried is
    their difference from what the module begins with.
    """

    slot_of_bin: Tensor

    def __init__(self, curve: Curve, converted: Converted, knobs: Mapping[str, float]) -> None:
        super().__init__()
        self.curve = curve
        self.dft = RealDFT(curve.frame_samples, curve.transform_samples)
        self.register_buffer("slot_of_bin", torch.from_numpy(self.dft.slot_of_bin))
        step = FrameModule(converted, knobs)
        self.step = step.frame
        self._knobs = len(knobs)
        self._shapes = step.state_shapes()
        for i, begin in enumerate(step.rested_states(curve.bins)):
            self.register_buffer(f"begin_{i}", begin if begin.any() else None)

    def states(self) -> StateShapes:
        """Their shapes, as `tonecast.export.to_onnx` takes them."""
        rows = 1 if self.curve.linked else "channels"
        return {name: (rows, *shape) for name, shape in self._shapes.items()}

    def forward(self, frame: Tensor, *controls_and_states: Tensor) -> tuple[Tensor, ...]:
        """Play a step."""
        controls, carried = controls_and_states[: self._knobs], controls_and_states[self._knobs :]
        begin = [self._buffers[f"begin_{i}"] for i in range(len(carried))]
        states = [s if b is None else s + b for s, b in zip(carried, begin, strict=True)]
        gain_db, *nexts = self.step(self.levels_db(frame).reshape(-1, 1), *controls, *states)
        left = [s if b is None else s - b for s, b in zip(nexts, begin, strict=True)]
        return gain_db.reshape(-1, self.curve.bins), *left

    def levels_db(self, frame: Tensor) -> Tensor:
        """As `Curve.levels_db` of one frame: [rows, bins]."""
        spectrum = self.dft(frame)
        power = (spectrum * spectrum).sum(dim=2).reshape(-1, self.dft.bin_of_slot.size)
        return to_db(power.index_select(1, self.slot_of_bin), self.curve)
