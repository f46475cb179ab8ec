"""A capture by another program as an effect file."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from ...export.effect import export_effect, unmeasured
from ...plugin_core import _engine
from ...plugin_core.effect_files.contract import Architecture, Contract
from ..families.causal import CausalNetwork
from ..families.registry import find_causal_family
from .graph import CaptureGraph

# A deep network of tanh layers may differ so much by the order in which float32 sums are taken.
TOLERANCE = 1e-4


def import_capture(path: Path, effect_path: Path, size: float = 1.0) -> Contract:
    """Write the effect file of a capture and return its contract.

    `size` chooses among the networks of a container. Raise tonecast.Error.
    """
    capture = _engine.Capture(path, size)
    network, contract = read_network(capture), Contract.from_json(capture.contract_json)
    contract = replace(
        contract,
        controls=tuple(control for control in contract.controls if control.name != "size"),
        architecture=Architecture(network.architecture, network=network.network),
        prewarm_samples=network.prewarm_samples,
        parity=unmeasured(TOLERANCE),
    )
    return export_effect(CaptureGraph(network, contract), {}, contract, effect_path)


def read_network(capture: _engine.Capture) -> CausalNetwork:
    """The network of a capture, with its weights."""
    family = find_causal_family(capture.architecture)
    network = family.network_type(json.loads(capture.network_json))
    network.load_flat(capture.weights)
    return network.eval()
