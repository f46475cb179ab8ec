"""What a trace keeps together that PyTorch would spell out, and where it stops."""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from types import CodeType
from typing import Any

import torch
from torch.overrides import TorchFunctionMode

from .attention import attend
from .recurrence import KINDS

_TRACER = re.compile(r"[\\/]torch[\\/](?!nn[\\/])")  # its layers call as modules do
_MOST_CALLS = 2000  # of PyTorch from one line: each block of 32 samples, but not each sample


class LoopError(RuntimeError):
    """A module calls PyTorch for each sample."""

    def __init__(self) -> None:
        super().__init__(
            "it loops over the samples of a signal, which takes too long in Python; use a "
            "recurrent layer, a convolution, torch.cumsum, or tonecast.OnePole, Biquad or Envelope"
        )


class Intercepted(TorchFunctionMode):
    """While it is on, recurrent layers are traced as one operator, and attention as `attend`.

    A module that loops over samples is stopped: its graph would have more nodes than a whole signal
    has samples.
    """

    def __init__(self) -> None:
        super().__init__()
        self._calls: Counter[tuple[CodeType, int]] = Counter()
        self._tracing = sys._getframe(1).f_code

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Sequence[type],
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:
        line = _calling_line()
        if line[0] is not self._tracing:  # or else the tracer calls for itself
            self._calls[line] += 1
            if self._calls[line] > _MOST_CALLS:
                raise LoopError
        kind = getattr(func, "__name__", "")
        if kind == "multi_head_attention_forward":
            return attend(*args, **(kwargs or {}))
        if kind not in KINDS or len(args) != 9:  # nine: not packed sequences
            return func(*args, **(kwargs or {}))
        x, hx, weights, has_bias, layers, _, _, bidirectional, batch_first = args
        states = list(hx) if isinstance(hx, (list, tuple)) else [hx]
        rest = (kind, has_bias, layers, bidirectional, batch_first)
        return tuple(torch.ops.tonecast.recurrence(x, states, list(weights), *rest))


def _calling_line() -> tuple[CodeType, int]:
    """Where a module called PyTorch; the tracer stands in between."""
    frame = sys._getframe(2)
    while frame.f_back is not None and _TRACER.search(frame.f_code.co_filename):
        frame = frame.f_back
    return frame.f_code, frame.f_lineno
