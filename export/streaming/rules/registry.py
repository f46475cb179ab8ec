"""Where rules are found: by the name of the operator, whatever its overload."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from torch import fx

from ..refusal import Refusal
from ..values import Constant, Stream, Value

Rule = Callable[..., Any]
RULES: dict[str, Rule] = {}
COMPLEX_RULES: dict[str, Rule] = {}


def rule(*names: str, rules: dict[str, Rule] = RULES) -> Callable[[Rule], Rule]:
    """Make a function the rule of ATen's operators of these names."""

    def register(function: Rule) -> Rule:
        for name in names:
            rules[name if "." in name else f"aten.{name}"] = function
        return function

    return register


def complex_rule(*names: str) -> Callable[[Rule], Rule]:
    """The same where such an operator takes or gives complex numbers."""
    return rule(*names, rules=COMPLEX_RULES)


def name_of(node: fx.Node) -> str:
    """Such as `aten.add`, without the overload."""
    return str(node.target).rsplit(".", 1)[0]


def as_stream(value: Any) -> Stream:
    """The value, if it is sound."""
    if not isinstance(value, Stream):
        raise Refusal("a layer that looks along time gets a value that has no time axis")
    return value


def whole_shape(node: fx.Node) -> tuple[int, ...]:
    """Of what a traced operator gives."""
    return tuple(int(size) for size in node.meta["val"].shape)


def shape_of(x: Value) -> tuple[int, ...]:
    """Of any value, in the whole."""
    return tuple(x.tensor.shape) if isinstance(x, Constant) else x.shape


def rank_of(x: Value) -> int:
    """The number of its axes."""
    return len(shape_of(x))
