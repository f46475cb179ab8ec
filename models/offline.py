"""Reference framing: a frame graph over a whole signal, exactly as the engine plays it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import torch
from torch import Tensor

from ..plugin_core.effect_files.windows import make_window

State = dict[str, Tensor]
FrameGraph = Callable[[Tensor, State], tuple[Tensor, State]]


def periodic_hann(size: int) -> Tensor:
    """Hann window [size] whose period is `size`, so that shifted copies sum to a constant."""
    return torch.from_numpy(make_window("hann", size))


def cola_gain(analysis: Tensor, synthesis: Tensor, hop_size: int) -> float:
    """Linear gain that undoes both windows [frame] once frames overlap at this hop.

    Raise ValueError unless their products add up to a constant (constant overlap-add, COLA).
    """
    product = analysis.double() * synthesis.double()
    if len(product) % hop_size:
        raise ValueError(f"A hop of {hop_size} samples does not divide {len(product)}.")
    overlap = product.reshape(-1, hop_size).sum(dim=0)
    if float((overlap.max() - overlap.min()) / overlap.mean()) > 1e-5:
        raise ValueError(f"These windows do not add up to a constant at hop {hop_size}.")
    return 1 / float(overlap.mean())


def overlap_add(
    audio: Tensor, frame_size: int, hop_size: int, graph: FrameGraph, state: Mapping[str, Tensor]
) -> Tensor:
    """Play `graph` over `audio` [channels, samples] and return as many samples, aligned with it.

    Frame k = 1, 2, … covers samples k·hop − frame_size … k·hop − 1, with zeros outside the
    signal; it is Hann-windowed before and after the graph, and added with the COLA gain. `graph`
    takes a frame [channels, frame_size] and the state, and returns both anew.
    """
    channels, samples = audio.shape
    window = periodic_hann(frame_size)
    gain = cola_gain(window, window, hop_size)
    n_frames = -(-(samples + frame_size) // hop_size)
    history = frame_size - hop_size
    padded = torch.zeros(channels, history + n_frames * hop_size)
    padded[:, history : history + samples] = audio
    out = torch.zeros_like(padded)
    current = dict(state)
    for start in range(0, n_frames * hop_size, hop_size):
        span = slice(start, start + frame_size)
        frame, current = graph(padded[:, span] * window, current)
        out[:, span] += frame * window * gain
    return out[:, history : history + samples]
