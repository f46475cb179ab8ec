"""Causal networks by the name of their architecture."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...plugin_core.errors import Error
from .causal import CausalNetwork
from .recurrent.recurrent import Recurrent
from .wavenet.convnet import ConvNet
from .wavenet.linear import Linear
from .wavenet.wavenet import WaveNet

_NETWORKS: dict[str, type[WaveNet] | type[ConvNet] | type[Linear] | type[Recurrent]] = {
    kind.architecture: kind for kind in (WaveNet, ConvNet, Linear, Recurrent)
}


def build_network(architecture: str, network: Mapping[str, Any]) -> CausalNetwork:
    """A network of that shape, with first weights. Raise tonecast.Error for an unknown name."""
    if architecture not in _NETWORKS:
        known = ", ".join(_NETWORKS)
        raise Error(f"no causal network is called {architecture!r}; there is {known}")
    return _NETWORKS[architecture](network)
