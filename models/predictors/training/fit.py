"""Fits a network to rated tracks; what it looks at (its front) is computed once and stays fixed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.optim.swa_utils import AveragedModel

from ...schedule import cosine_schedule
from ..drn import DRN
from ..ffn import FFN
from ..predictor import Predictor
from .examples import Examples
from .objective import squared_miss

MAX_SHIFT_BANDS = 12
MAX_SHARE_LEFT_OUT = 0.8
WARM_UP = 0.1  # of the steps, the first of them
AVERAGED = 0.4  # the last of them


@dataclass(frozen=True)
class FitSettings:
    """Hyper-parameters of a fit; `augmentation` 0 … 1 scales what is done to the features."""

    learning_rate: float = 1e-3
    weight_decay: float = 1e-2
    augmentation: float = 0.5
    batch: int = 64
    steps: int = 300


@torch.no_grad()
def predict(model: Predictor, examples: Examples) -> Tensor:
    """Factors [tracks, windows]."""
    model.eval()
    flat = torch.flatten(examples.features, 0, 1)
    predicted = torch.cat([model.from_features(part) for part in torch.split(flat, 512)])
    return predicted.reshape(examples.features.shape[:2])


def msbe(predicted: Tensor, examples: Examples) -> Tensor:
    """MSBE [tracks]: the mean over the windows of each track. `predicted` broadcasts."""
    missed = squared_miss(predicted, examples.low[:, None], examples.high[:, None])
    return missed.mean(dim=1)


def fit(
    make: Callable[[], Predictor], training: Examples, settings: FitSettings, seed: int
) -> Predictor:
    """Return the network with the mean of its weights over the last steps (Izmailov et al. 2018).

    Every step takes random windows of random tracks. The learning rate warms up over a tenth of the
    steps and falls to 0 along a cosine. The paper stops early instead, where ten tracks are missed
    least; ten tracks are too few to tell one step from the next, and what they had chosen was worse
    on others than the end (DRN: 0.61 of the baseline, not 0.56).
    """
    generator = torch.Generator().manual_seed(seed)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = make()
    if isinstance(model, FFN):
        model.standardise(torch.flatten(training.features, 0, 1))
    trained = [value for name, value in model.named_parameters() if not name.startswith("front.")]
    optimizer = torch.optim.AdamW(
        trained, lr=settings.learning_rate, weight_decay=settings.weight_decay
    )
    averaged = AveragedModel(model, use_buffers=True)
    tracks, windows = training.features.shape[:2]
    for step in range(settings.steps):
        for group in optimizer.param_groups:
            warm = (step / settings.steps + 0.01) / WARM_UP
            group["lr"] = settings.learning_rate * cosine_schedule(step, settings.steps, warm)
        model.train()
        track = torch.randint(tracks, (settings.batch,), generator=generator)
        window = torch.randint(windows, (settings.batch,), generator=generator)
        features = _augment(model, training.features[track, window], settings, generator)
        predicted = model.from_features(features)
        loss = squared_miss(predicted, training.low[track], training.high[track]).mean()
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        if step + 1 > (1 - AVERAGED) * settings.steps:
            averaged.update_parameters(model)
    model.load_state_dict(averaged.module.state_dict())
    return model.eval()


def _augment(
    model: Predictor, features: Tensor, settings: FitSettings, generator: torch.Generator
) -> Tensor:
    """Features as they might have been: a DRN's spectra transposed, some of an FFN's left out.

    679 values that belong together in groups say more about a recording than there are recordings;
    a network that may lose any of them cannot rely on one.
    """
    if settings.augmentation == 0:
        return features
    if isinstance(model, DRN) and model.size.bank is not None:
        reach = round(settings.augmentation * MAX_SHIFT_BANDS)
        shift = torch.randint(-reach, reach + 1, (len(features), 1), generator=generator)
        bands = features.shape[2]
        place = torch.clamp(torch.arange(bands) + shift, 0, bands - 1)
        return torch.gather(features, 2, place[:, None].expand(features.shape))
    if isinstance(model, FFN):
        share = settings.augmentation * MAX_SHARE_LEFT_OUT
        kept = torch.rand(features.shape, generator=generator) >= share
        return model.mean + (features - model.mean) * kept / (1 - share)
    return features
