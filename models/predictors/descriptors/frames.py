"""Half a second of audio as overlapping frames."""

from __future__ import annotations

import torch
from torch import Tensor

SAMPLE_RATE_HZ = 44_100
WINDOW_SAMPLES = 22_050
FRAME_SAMPLES = 2048
HOP_SAMPLES = 1024
N_FRAMES = (WINDOW_SAMPLES - FRAME_SAMPLES) // HOP_SAMPLES + 1
USED_SAMPLES = FRAME_SAMPLES + (N_FRAMES - 1) * HOP_SAMPLES


def overlapping(audio: Tensor) -> Tensor:
    """Frames [batch, channels, 20, 2048] of `audio` [batch, channels, 22050].

    The last frame ends with the window; the oldest 546 samples fill no frame.
    """
    recent = audio[:, :, WINDOW_SAMPLES - USED_SAMPLES :]
    hops = recent.reshape(-1, audio.shape[1], N_FRAMES + 1, HOP_SAMPLES)
    return torch.cat((hops[:, :, :-1], hops[:, :, 1:]), dim=3)
