"""A graph for any number of channels, by way of one for so many that their number stands out.

PyTorch takes twice as long to trace a number of channels that it does not know.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import onnx_ir as ir
from torch import Tensor

MANY = 251  # channels: a prime, and no usual size of anything
_OF_WHOLE_NUMBERS = (ir.AttributeType.INT, ir.AttributeType.INTS)


def with_many_channels(arguments: Sequence[Tensor], axes: Iterable[Any]) -> tuple[Tensor, ...]:
    """`arguments`, zeros, with MANY channels where their dynamic axes, a dict each, name some."""
    return tuple(
        argument.new_zeros(MANY, *argument.shape[1:]) if dynamic else argument
        for argument, dynamic in zip(arguments, _flat(axes), strict=True)
    )


def counts_channels(graph: ir.Graph) -> bool:
    """Whether something in the graph may follow from there being MANY channels.

    What follows from them in another way than by products and quotients is seen when the file is
    checked: it plays two channels as the module does, or is refused.
    """
    if any(_is_counted(value.const_value) for value in graph.initializers.values()):
        return True
    attributes = (a for node in graph.all_nodes() for a in node.attributes.values())
    return any(_follow(a.value) for a in attributes if a.type in _OF_WHOLE_NUMBERS)


def name_channels(graph: ir.Graph) -> None:
    """Let the graph take and give any number of channels where it has MANY."""
    for value in (*graph.inputs, *graph.outputs):
        if value.shape and value.shape[0] == MANY:
            value.shape = ir.Shape(["channels", *value.shape.dims[1:]])


def _flat(axes: Iterable[Any]) -> Iterable[Any]:
    for axis in axes:
        if isinstance(axis, tuple):
            yield from axis
        else:
            yield axis


def _is_counted(tensor: ir.TensorProtocol | None) -> bool:
    assert tensor is not None
    data = tensor.numpy()
    shared = data.dtype.kind == "f" and bool((data == data.dtype.type(1 / MANY)).any())
    return shared or _follow(data.shape) or (data.dtype.kind in "iuf" and _follow(data))


def _follow(numbers: Any) -> bool:
    """Whether one of them is the number of channels, or times something."""
    counts = np.atleast_1d(numbers)
    return bool(((counts != 0) & (counts % MANY == 0)).any())
