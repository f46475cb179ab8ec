"""Real DFT as two small matrix products: exact, differentiable, and fast in any ONNX runtime.

The four-step factorisation (Bailey, "FFTs in external or hierarchical memory", 1990). With
n = 64·n1 + n2 and k = k1 + R·k2, where N = 64·R,

    X[k] = Σ_n2 W_64^(n2·k2) · [ W_N^(n2·k1) · Σ_n1 W_R^(n1·k1) x[64·n1 + n2] ]

which is a product with a matrix of R roots of unity, a pointwise twist, and a product with a matrix
of 64. A real signal needs only k1 = 0 … R/2: every other bin mirrors one of those. Rows n1 beyond
the frame are zero padding, and simply left out of both products.

Why not the DFT operator of ONNX: it took most of the graph's time in ONNX Runtime, and its inverse
cannot start from a half spectrum.
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

COLUMNS = 64


class RealDFT(nn.Module):
    """Forward and inverse DFT of real frames, zero-padded to `size` = 64·R points.

    A spectrum is [channels, R/2 + 1, 2, 64]: `[:, k1, 0, k2]` is the real part and
    `[:, k1, 1, k2]` the imaginary part of bin k1 + R·k2, folded onto 0 … size/2 in `bin_of_slot`.
    Rows 1 … R/2 − 1 cover their mirror images too; rows 0 and R/2 hold each of their bins twice.
    """

    forward_rows: Tensor
    forward_columns: Tensor
    inverse_rows: Tensor
    inverse_columns: Tensor
    twist_real: Tensor
    twist_imag: Tensor

    def __init__(self, frame_size: int, size: int) -> None:
        """Raise ValueError unless both sizes are multiples of 64, `size` even in 64s and larger."""
        super().__init__()
        if frame_size % COLUMNS or size % (2 * COLUMNS) or size < frame_size:
            raise ValueError(
                f"A frame of {frame_size} samples cannot be transformed in {size} points: "
                f"use multiples of {COLUMNS} and {2 * COLUMNS}, the second no smaller."
            )
        self.frame_size = frame_size
        self.size = size
        self.half_rows = half_rows = size // COLUMNS // 2 + 1

        k1 = np.arange(half_rows)
        row = np.outer(k1, np.arange(frame_size // COLUMNS)) * (2 * np.pi * COLUMNS / size)
        twist = np.outer(k1, np.arange(COLUMNS)) * (2 * np.pi / size)
        column = np.outer(np.arange(COLUMNS), np.arange(COLUMNS)) * (2 * np.pi / COLUMNS)
        # [real | imaginary] rows times this block matrix is the complex product.
        columns = np.block([[np.cos(column), -np.sin(column)], [np.sin(column), np.cos(column)]])
        rows = np.concatenate([np.cos(row), -np.sin(row)])
        # The inverse sums each row together with its mirror image; rows 0 and R/2 are their own.
        mirrored = np.where((k1 == 0) | (k1 == half_rows - 1), 1.0, 2.0) / size
        for name, values in (
            ("forward_rows", rows),
            ("forward_columns", columns),
            ("inverse_rows", rows.T * np.tile(mirrored, 2)),
            ("inverse_columns", columns.T),
            ("twist_real", np.cos(twist)),
            ("twist_imag", -np.sin(twist)),
        ):
            self.register_buffer(name, torch.tensor(values, dtype=torch.float32))

    @property
    def bin_of_slot(self) -> NDArray[np.int64]:
        """Bin 0 … size/2 that each place of a spectrum holds, mirrored or not: [R/2 + 1, 64]."""
        k = np.arange(self.half_rows)[:, None] + self.size // COLUMNS * np.arange(COLUMNS)
        folded: NDArray[np.int64] = np.minimum(k, self.size - k)
        return folded

    @property
    def slot_of_bin(self) -> NDArray[np.int64]:
        """Where bin 0 … size/2 stands in a flattened `bin_of_slot`: [size/2 + 1].

        A bin may have several slots; they are equal, and any of them is taken.
        """
        slots = np.empty(self.size // 2 + 1, dtype=np.int64)
        slots[self.bin_of_slot.ravel()] = np.arange(self.bin_of_slot.size)
        return slots

    def forward(self, frame: Tensor) -> Tensor:
        """Spectrum [channels, R/2 + 1, 2, 64] of `frame` [channels, frame_size]."""
        rows = self.forward_rows @ frame.reshape(-1, self.frame_size // COLUMNS, COLUMNS)
        real, imag = rows[:, : self.half_rows], rows[:, self.half_rows :]
        twisted = torch.cat(
            (
                real * self.twist_real - imag * self.twist_imag,
                real * self.twist_imag + imag * self.twist_real,
            ),
            dim=2,
        )
        return (twisted @ self.forward_columns).reshape(-1, self.half_rows, 2, COLUMNS)

    def inverse(self, spectrum: Tensor) -> Tensor:
        """First `frame_size` samples [channels, frame_size] of the signal with this spectrum."""
        twisted = spectrum.reshape(-1, self.half_rows, 2 * COLUMNS) @ self.inverse_columns
        real, imag = twisted[:, :, :COLUMNS], twisted[:, :, COLUMNS:]
        rows = torch.cat(
            (
                real * self.twist_real + imag * self.twist_imag,
                imag * self.twist_real - real * self.twist_imag,
            ),
            dim=1,
        )
        return (self.inverse_rows @ rows).reshape(-1, self.frame_size)
