"""CAFx: the autoencoder with learned waveshaping, for nonlinear effects.

Martínez Ramírez and Reiss, "Modeling nonlinear audio effects with end-to-end deep neural networks"
(ICASSP 2019), section 2. It is the CAE with one part more between gate and transposed filters:
dense layers across the filters, at each sample for itself, then a curve for each filter.
"""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional

from .cae import CAE, QUIET_GATE, AutoencoderSize
from .saaf import SAAF


class CAFx(CAE):
    """CAE, with dense layers of 128, 64, 64 and 128 units and a SAAF before the synthesis."""

    def __init__(self, size: AutoencoderSize | None = None) -> None:
        super().__init__(size)
        filters = self.size.filters
        widths = (filters, filters, filters // 2, filters // 2, filters)
        self.dense = nn.ModuleList(nn.Linear(a, b) for a, b in pairwise(widths))
        self.curves = SAAF(filters)
        self._pass_lower_bands()

    @property
    def layers(self) -> list[nn.Linear]:
        """The dense layers, in order."""
        return [layer for layer in self.dense if isinstance(layer, nn.Linear)]

    def shape(self, gated: Tensor) -> Tensor:
        """DNN-SAAF (section 2.2), on X̂1 [batch, filters, frame] along the filters.

        Each layer sees how far the one before is above its value at rest, as in `CAE.latent`: else
        the smallest step of any weight is heard in silence, and training follows nothing but that.
        """
        *hidden, last = self.layers
        # One matrix [filters, batch · frame]: each layer is one product, without copies between.
        x = gated.transpose(0, 1).flatten(1)
        for layer in hidden:
            x = functional.softplus(torch.addmm(layer.bias[:, None], layer.weight, x)) - QUIET_GATE
        y: Tensor = self.curves(torch.addmm(last.bias[:, None], last.weight, x))
        return y.reshape(-1, *gated.shape[::2]).transpose(0, 1)

    def _pass_lower_bands(self) -> None:
        """Let the dense layers pass the lower half of the bands as they are: half fit through.

        A small signal sees softplus(x) − ln 2 ≈ x/2; weights of 2 undo that.
        """
        filters = self.size.filters
        quarter = filters // 4
        # The filters are cosines, then sines, both from low to high.
        kept = torch.cat([torch.arange(quarter), filters // 2 + torch.arange(quarter)])
        narrow = torch.zeros(filters // 2, filters)
        narrow[torch.arange(2 * quarter), kept] = 1
        with torch.no_grad():
            first, second, third, fourth = self.layers
            first.weight.copy_(torch.eye(filters))
            second.weight.copy_(2 * narrow)
            third.weight.copy_(2 * torch.eye(filters // 2))
            fourth.weight.copy_(2 * narrow.T)
            for layer in self.layers:
                layer.bias.zero_()
