"""What each operator becomes in a frame graph.

A rule takes the frame graph, the traced node, and the operator's arguments with values in place of
tensors; it returns the operator's value, or several.
"""

from __future__ import annotations

import torch
from torch import Tensor, fx

from ..refusal import Refusal
from .registry import COMPLEX_RULES, RULES, Rule, name_of


def find_rule(node: fx.Node) -> Rule:
    """The rule of an operator; those of one value at a time have one for all."""
    from . import (  # noqa: F401 — each adds its rules
        convolution,
        filters,
        framing,
        join,
        layers,
        parts,
        pointwise,
        pooling,
        recurrent,
        reduction,
        running,
        shape,
        spectral,
        time,
    )

    name = name_of(node)
    if _is_complex(node):
        if name in COMPLEX_RULES:
            return COMPLEX_RULES[name]
        raise Refusal(
            f"there is no rule by which to play '{name.removeprefix('aten.')}' of complex numbers; "
            f"say it with their real and imaginary parts, or magnitudes and phases (torch.polar)"
        )
    if name in RULES:
        return RULES[name]
    if torch.Tag.pointwise in getattr(node.target, "tags", ()):
        return pointwise.pointwise
    raise Refusal(
        f"there is no rule by which to play '{name.removeprefix('aten.')}' frame by frame; say it "
        f"with convolutions, recurrent layers or sums, or export a module with states of its own "
        f"(docs/add-an-effect.md)"
    )


def _is_complex(node: fx.Node) -> bool:
    """Whether it takes or gives complex numbers."""
    values = [node.meta.get("val"), *(used.meta.get("val") for used in node.all_input_nodes)]
    flat = [
        one for value in values for one in (value if isinstance(value, (list, tuple)) else [value])
    ]
    return any(isinstance(one, Tensor) and one.is_complex() for one in flat)
