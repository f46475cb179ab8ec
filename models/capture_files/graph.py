"""A causal network with the controls of a capture around it, as a graph that plays blocks."""

from __future__ import annotations

import torch
from torch import Tensor

from ...plugin_core.effect_files.contract import Capture, Contract
from ..families.causal import CausalNetwork
from ..families.causal_graph import CausalGraph

NORMAL_LOUDNESS_DB = -18.0  # as other players have it


class CaptureGraph(CausalGraph):
    """What `tonecast.export` takes: see CausalModule there.

    Controls are those of the contract, in its order; what they do is in docs/captures.md. Those
    that have no meaning beside the network are its conditions.
    """

    def __init__(self, network: CausalNetwork, contract: Contract) -> None:
        super().__init__(network)
        self.names = [control.name for control in contract.controls]
        self.capture = contract.capture or Capture()

    def forward(self, block: Tensor, *controls_and_states: Tensor) -> tuple[Tensor, ...]:
        """Play a block [channels, n]; return it and the next states."""
        controls = dict(zip(self.names, controls_and_states, strict=False))
        states = list(controls_and_states[len(self.names) :])
        used = {name: controls.pop(name) for name in list(controls) if name in MEANINGS}
        conditions = list(controls.values())
        zero = torch.zeros(())
        interface_dbu = used.get("interface_dbu", zero)

        if "calibrate_input" in used:
            level_dbu = self.capture.input_level_dbu or 0.0
            block = block * _linear(used["calibrate_input"] * (interface_dbu - level_dbu))
        out, states = self.network(block, conditions, states)

        gain_db = zero
        if "normalize" in used:
            loudness_db = self.capture.loudness_db or NORMAL_LOUDNESS_DB
            gain_db = used["normalize"] * (NORMAL_LOUDNESS_DB - loudness_db)
        if "calibrate_output" in used:
            share = used["calibrate_output"]
            calibrated_db = (self.capture.output_level_dbu or 0.0) - interface_dbu
            gain_db = share * calibrated_db + (1 - share) * gain_db
        if {"normalize", "calibrate_output"} & used.keys():
            out = out * _linear(gain_db)
        if "invert" in used:
            out = out * (1 - 2 * used["invert"])
        return (out, *states)


MEANINGS = frozenset(
    ("size", "invert", "normalize", "calibrate_input", "calibrate_output", "interface_dbu")
)


def _linear(gain_db: Tensor) -> Tensor:
    return torch.exp(gain_db * 0.11512925464970229)  # ln 10 / 20
