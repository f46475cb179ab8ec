"""The network: change it as you like, export finds out how to play it live."""

import torch
from torch import Tensor, nn

RATE_HZ = 48_000


class Amp(nn.Module):
    """An LSTM around which the sound goes as well, with a knob."""

    def __init__(self, cells: int = 16) -> None:
        super().__init__()
        self.cells = nn.LSTM(2, cells, batch_first=True)
        self.out = nn.Linear(cells, 1)

    def forward(self, x: Tensor, drive: Tensor) -> Tensor:
        """Sound [batch, 1, time] to as much sound; the knob [batch, 1] is from 0 to 1."""
        knob = drive[:, :, None].expand(-1, -1, x.shape[-1])
        y, _ = self.cells(torch.cat([x, knob], 1).transpose(1, 2))
        return self.out(y).transpose(1, 2) + x
