"""What a module turned out to be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from torch import Tensor, fx

from ....plugin_core.effect_files.contract import Architecture


@dataclass(frozen=True)
class Known:
    """An architecture, and its weights under the names that its kernel looks for."""

    architecture: Architecture
    weights: Mapping[str, Tensor]


class OtherError(Exception):
    """It is something else."""


def need(true: bool) -> None:
    """Raise OtherError unless it is so."""
    if not true:
        raise OtherError


def operator_name(node: fx.Node) -> str:
    """Such as `conv1d`, of a call of an operator of PyTorch; empty for others."""
    return str(node.target).split(".")[1] if "." in str(node.target) else ""
