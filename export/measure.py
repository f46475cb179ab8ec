"""The parity record: PyTorch's output for the test signals, and the graph's difference from it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import cast

import numpy as np
import torch
from torch import nn

from ..plugin_core import _engine
from ..plugin_core.effect_files.contract import Contract, ParityRecord, ParitySignal, Recipe
from ..plugin_core.effect_files.parity import make_frames, play, rms
from ..plugin_core.effect_files.uniform import uniform
from ..plugin_core.errors import Error
from ..plugin_core.samples import Samples
from .to_onnx import CHANNELS, CausalModule, StateShapes, initial_state

_FRAMES = 4  # enough for state to matter: it is carried three times
_PROBES_PER_FRAME = 12


def measure(
    module: nn.Module, state: StateShapes, model: _engine.Model, contract: Contract
) -> ParityRecord:
    """Play all test signals through `module` and through the engine's `model`.

    Return `contract.parity` with signals and largest difference filled in. Raise tonecast.Error if
    the module gives NaN or Inf.
    """
    signals = []
    largest = 0.0
    for signal in standard_signals(contract):
        expected = play_in_pytorch(module, state, contract, signal)
        if not np.isfinite(expected).all():
            raise Error(
                f"the model gives NaN or Inf for the test signal '{signal.name}'; fix it first"
            )
        difference = np.abs(play(model, contract, signal) - expected)
        largest = float(np.maximum(largest, difference.max()))  # unlike max(), keeps NaN
        signals.append(_recorded(signal, expected))
    return replace(contract.parity, largest_difference=largest, signals=tuple(signals))


def standard_signals(contract: Contract) -> Iterator[ParitySignal]:
    """Every recipe at the defaults, tones with each control at each end of its range.

    Mono, stereo and as many channels as the engine plays; stereo alone for predictors, and for
    effects that play their channels together those. Nothing recorded yet.
    """
    if contract.kind == "predictor":
        recipes: tuple[Recipe, ...] = ("silence", "impulse", "noise", "tones")
        for seed, recipe in enumerate(recipes, 1):
            yield ParitySignal(recipe, recipe, seed, _FRAMES, CHANNELS, {}, (), (), 0.0)
        return
    defaults = {control.name: control.default for control in contract.controls}
    seed = 0

    def signal(name: str, recipe: Recipe, channels: int, **changed: float) -> ParitySignal:
        nonlocal seed
        seed += 1
        controls = {**defaults, **changed}
        channels = contract.channels or channels
        return ParitySignal(name, recipe, seed, _FRAMES, channels, controls, (), (), 0.0)

    yield signal("silence", "silence", 2)
    yield signal("impulse", "impulse", 8)
    yield signal("noise", "noise", 2)
    yield signal("tones", "tones", 1)
    for control in contract.controls:
        for end, value in (("lowest", control.minimum), ("highest", control.maximum)):
            yield signal(f"tones, {end} {control.name}", "tones", 2, **{control.name: value})
    lowest = {control.name: control.minimum for control in contract.controls}
    yield signal("noise, everything lowest", "noise", 1, **lowest)
    highest = {control.name: control.maximum for control in contract.controls}
    yield signal("noise, everything highest", "noise", 2, **highest)


def play_in_pytorch(
    module: nn.Module, state: StateShapes, contract: Contract, signal: ParitySignal
) -> Samples:
    """Output of `module` for a test signal: as that of `play`."""
    controls = [torch.tensor(signal.controls[c.name]) for c in contract.graph_controls]
    out = []
    with torch.no_grad():
        if contract.form == "causal":
            states = cast(CausalModule, module).rested_states(signal.channels)
        else:
            states = initial_state(state, signal.channels)
        for frame in make_frames(contract, signal):
            sounds = torch.from_numpy(frame).chunk(contract.sounds)
            result = module(*sounds, *controls, *states)
            # A module without state may return its frame alone.
            frame_out, *states = result if isinstance(result, tuple) else (result,)
            out.append(frame_out.numpy())
    return np.stack(out)


def _recorded(signal: ParitySignal, out: Samples) -> ParitySignal:
    """`signal` with probes of `out`: in every frame its peak, and places drawn from all of it."""
    size = out[0].size
    drawn = uniform(signal.seed, len(out) * _PROBES_PER_FRAME).reshape(len(out), -1)
    places = np.column_stack([np.abs(out).reshape(len(out), -1).argmax(axis=1), drawn * size])
    probes = np.unique(places.astype(np.int64) + size * np.arange(len(out))[:, None])
    return replace(
        signal,
        probes=tuple(probes.tolist()),
        # Through the shortest text that gives the same float32.
        values=tuple(float(str(value)) for value in out.ravel()[probes]),
        rms=rms(out),
    )
