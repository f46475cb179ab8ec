"""The layers of a recurrent network, with parameters named and ordered as PyTorch has them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from typing import Any, ClassVar

import torch
from torch import Tensor, nn
from torch.nn import functional

from ..causal import present

OPSET = 20  # of the exported graph, see tonecast.export.to_onnx


class Dense(nn.Linear):
    """Of each sample by itself."""

    _CURVES: ClassVar[dict[str, Callable[[Tensor], Tensor]]] = {
        "none": lambda x: x,
        "tanh": torch.tanh,
        "relu": torch.relu,
        "sigmoid": torch.sigmoid,
        "elu": functional.elu,
    }

    def __init__(self, shape: Mapping[str, Any]) -> None:
        super().__init__(shape["input_size"], shape["output_size"])
        self.curve = self._CURVES[shape["activation"]]

    def forward(self, x: Tensor) -> Tensor:
        """[batch, n, in] to [batch, n, out]."""
        return self.curve(super().forward(x))

    def in_order(self) -> Iterator[nn.Parameter]:
        """Matrix, then bias."""
        yield from present(self.weight, self.bias)


class Cells(nn.Module, ABC):
    """LSTM or GRU cells; states are [batch, cells]."""

    gates: ClassVar[int]
    states: ClassVar[tuple[str, ...]]

    def __init__(self, shape: Mapping[str, Any]) -> None:
        super().__init__()
        inputs, self.cells = shape["input_size"], shape["hidden_size"]
        rows = self.gates * self.cells
        bound = self.cells**-0.5
        self.weight_ih = nn.Parameter(torch.empty(rows, inputs).uniform_(-bound, bound))
        self.weight_hh = nn.Parameter(torch.empty(rows, self.cells).uniform_(-bound, bound))
        self.bias_ih = nn.Parameter(torch.empty(rows).uniform_(-bound, bound))
        self.bias_hh = nn.Parameter(torch.empty(rows).uniform_(-bound, bound))
        self.initial_hidden = nn.Parameter(torch.zeros(self.cells))

    @abstractmethod
    def play(self, x: Tensor, states: list[Tensor]) -> tuple[Tensor, list[Tensor]]:
        """X [batch, n, in] to [batch, n, cells], and the next states."""

    def weights(self) -> list[Tensor]:
        """As PyTorch's own functions take them."""
        return [self.weight_ih, self.weight_hh, self.bias_ih, self.bias_hh]

    def in_order(self) -> Iterator[nn.Parameter]:
        """Weights, then initial states."""
        yield from (self.weight_ih, self.weight_hh, self.bias_ih, self.bias_hh)
        for state in self.states:
            parameter = getattr(self, f"initial_{state}")
            assert isinstance(parameter, nn.Parameter)
            yield parameter

    def _in_onnx(
        self, operator: str, x: Tensor, states: list[Tensor], order: list[int], **attributes: int
    ) -> tuple[Tensor, list[Tensor]]:
        """The ONNX operator, whose gates stand in another order: a loop of its own per block."""

        def sorted_gates(weight: Tensor) -> Tensor:
            parts = [weight[gate * self.cells : (gate + 1) * self.cells] for gate in order]
            return torch.cat(parts)[None]

        bias = torch.cat([sorted_gates(self.bias_ih), sorted_gates(self.bias_hh)], dim=1)
        batch, n = x.shape[0], x.shape[1]
        outs = torch.onnx.ops.symbolic_multi_out(
            operator,
            [
                x.transpose(0, 1),
                sorted_gates(self.weight_ih),
                sorted_gates(self.weight_hh),
                bias,
                None,
                *(state[None] for state in states),
            ],
            {"hidden_size": self.cells, **attributes},
            dtypes=[torch.float32] * (1 + len(states)),
            shapes=[[n, 1, batch, self.cells], *[[1, batch, self.cells]] * len(states)],
            version=OPSET,
        )
        return outs[0][:, 0].transpose(0, 1), [state[0] for state in outs[1:]]


class LSTM(Cells):
    """Gates i, f, g, o."""

    gates = 4
    states = ("hidden", "cell")

    def __init__(self, shape: Mapping[str, Any]) -> None:
        super().__init__(shape)
        self.initial_cell = nn.Parameter(torch.zeros(self.cells))

    def play(self, x: Tensor, states: list[Tensor]) -> tuple[Tensor, list[Tensor]]:
        """See Cells."""
        if torch.onnx.is_in_onnx_export():
            return self._in_onnx("LSTM", x, states, [0, 3, 1, 2])
        y, hidden, cell = torch.lstm(
            x, [s[None] for s in states], self.weights(), True, 1, 0.0, False, False, True
        )
        return y, [hidden[0], cell[0]]


class GRU(Cells):
    """Gates r, z, n; r acts on the product with its bias."""

    gates = 3
    states = ("hidden",)

    def play(self, x: Tensor, states: list[Tensor]) -> tuple[Tensor, list[Tensor]]:
        """See Cells."""
        if torch.onnx.is_in_onnx_export():
            return self._in_onnx("GRU", x, states, [1, 0, 2], linear_before_reset=1)
        y, hidden = torch.gru(x, states[0][None], self.weights(), True, 1, 0.0, False, False, True)
        return y, [hidden[0]]


LAYERS: dict[str, type[Dense] | type[LSTM] | type[GRU]] = {"dense": Dense, "lstm": LSTM, "gru": GRU}
