"""What a module makes of a whole signal, and what its conversion makes of it in frames."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
from tonecast.export.streaming.convert import Converted
from torch import Tensor, nn


def noise(samples: int, silence: int = 0, channels: int = 1) -> Tensor:
    """[channels, samples], the first ones silent."""
    sound = np.random.default_rng(1).uniform(-0.5, 0.5, (channels, samples)).astype(np.float32)
    sound[:, :silence] = 0
    return torch.from_numpy(sound)


def play_whole(module: nn.Module, sound: Tensor, knobs: Mapping[str, float]) -> Tensor:
    """Each channel of the sound is a signal of the batch."""
    given = {name: torch.full((len(sound), 1), value) for name, value in knobs.items()}
    with torch.no_grad():
        out: Tensor = module(sound[:, None], **given)[:, 0]
    return out


def play_frames(converted: Converted, sound: Tensor, knobs: Mapping[str, float]) -> Tensor:
    """The same as late as the conversion is, after the silence that it asks for."""
    size = converted.frame_size_samples
    channels = len(sound)
    states = [
        state.expand(channels, *state.shape[1:]) for state in converted.initial_states.values()
    ]
    controls = [torch.tensor(value) for value in knobs.values()]
    silence = torch.zeros(channels, -(-converted.prewarm_samples // size) * size)
    out = []
    with torch.no_grad():
        for frame in torch.cat([silence, sound], dim=1).split(size, dim=1):
            played, *states = converted.module(frame, *controls, *states)
            assert played.dtype == torch.float32
            out.append(played)
    return torch.cat(out, dim=1)[:, silence.shape[1] :]
