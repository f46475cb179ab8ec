"""What each operator becomes in a frame graph.

A rule takes the frame graph, the traced node, and the operator's arguments with values in place of
tensors; it returns the operator's value, or several.
"""

from __future__ import annotations

from typing import Any

import torch

from ..refusal import Refusal
from .registry import RULES, Rule


def find_rule(target: Any) -> Rule:
    """The rule of an operator; those of one value at a time have one for all."""
    from . import (  # noqa: F401 — each adds its rules
        convolution,
        fft,
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
        time,
    )

    name = str(target).rsplit(".", 1)[0]
    if name in RULES:
        return RULES[name]
    if torch.Tag.pointwise in getattr(target, "tags", ()):
        return pointwise.pointwise
    raise Refusal(
        f"there is no rule by which to play '{name.removeprefix('aten.')}' frame by frame; say it "
        f"with convolutions, recurrent layers or sums, or export a module with states of its own "
        f"(docs/add-an-effect.md)"
    )
