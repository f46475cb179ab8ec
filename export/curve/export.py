"""One call from a module that draws curves to an effect that filters without latency.

trace on a whole spectrogram ── convert to one step ── ONNX ── parity ── step by step against the
whole ── what it costs
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from ...plugin_core import _engine
from ...plugin_core.atomic_write import atomic_write
from ...plugin_core.effect_files.contract import Contract, Control
from ...plugin_core.effect_files.loading import load_model
from ...plugin_core.effect_files.uniform import uniform
from ...plugin_core.effect_files.windows import make_window
from ...plugin_core.errors import Error
from ..cost import core_share
from ..effect import export_effect, unmeasured
from ..streaming.convert import Converted, convert
from ..streaming.proof import MEMORIES, SECONDS, proven_settings
from ..streaming.trace import Trace, quiet
from ..streaming.traced import traced_with
from ..telling import CurveReport
from .curve import Curve
from .frame_curve import FrameCurve

DELTA = Control("delta", "Delta", "", "switch", 0.0, 1.0, 0.0)
TOLERANCE_DB = 0.01
_CHANNELS = 2  # of the proof's sound


def check_curve_options(
    knobs: Collection[str],
    frame: int | None,
    max_latency_ms: float | None,
    channels: int,
    outputs: Sequence[str],
) -> None:
    """Raise tonecast.Error for options of the export that a curve leaves no room for."""
    if frame is not None or max_latency_ms is not None:
        raise Error("with a curve there is no latency; give its frame as Curve(frame_samples=…)")
    if channels != 1 or outputs:
        raise Error("with a curve a module has no channels= and no outputs=: it returns gains")
    if DELTA.name in knobs:
        raise Error("with a curve the knob 'delta' is the player's; leave it out")


def export_curve(
    module: nn.Module,
    curve: Curve,
    contract: Contract,
    path: Path,
    stage: Callable[[str], None],
) -> CurveReport:
    """Write a module that maps levels [batch, bins, frames] to gains in dB, as a filter effect.

    `contract` has all that is not about form. Raise tonecast.Error for a module that cannot be
    played frame by frame, with the layer and the line, and where the engine plays it differently.
    """
    contract = replace(
        contract,
        form="filter",
        frame_size_samples=curve.frame_samples,
        hop_size_samples=curve.hop_samples,
        hop_sizes_samples=(curve.hop_samples,),
        analysis_window="hann",
        transform_size_samples=curve.transform_samples,
        filter_taps_samples=curve.taps_samples,
        max_gain_db=float(curve.max_gain_db),
        controls=(*contract.controls, DELTA),
        tail_s=0.0,
        parity=unmeasured(TOLERANCE_DB),
    )
    knobs = {control.name: control.default for control in contract.graph_controls}
    stage("tracing")
    traced = _traced(module, curve, knobs)
    stage("converting to one frame")
    converted = convert(traced, knobs, 1)
    _check_causal(converted)
    frames = FrameCurve(curve, converted, knobs)
    with atomic_write(path) as draft:
        try:
            stage("writing ONNX, and comparing it with PyTorch")
            contract = export_effect(frames, frames.states(), contract, draft)
            stage("playing it frame by frame against the whole")
            seconds, difference_db = _prove(
                module, curve, contract, load_model(draft), traced.knob_shape, converted
            )
            stage("measuring")
            share = core_share(draft, contract.sample_rate_hz)
        except Error as error:
            raise Error(str(error).replace(str(draft), str(path))) from None
    return CurveReport(path, contract, share, seconds, difference_db)


def _traced(module: nn.Module, curve: Curve, knobs: Mapping[str, float]) -> Trace:
    _check_shape(module, curve, knobs)
    traced, quantum = traced_with(module, knobs, curve.bins)
    if quantum > 1:
        raise Error(
            f"forward() makes one curve of {quantum} frames; draw one for each, with strides of 1 "
            f"along time, or take a longer hop_samples"
        )
    if traced.sidechain is not None:
        raise Error("a filter effect hears its input alone; forward() can have no 'sidechain'")
    return traced


def _check_shape(module: nn.Module, curve: Curve, knobs: Mapping[str, float]) -> None:
    levels = torch.zeros(2, curve.bins, 7)
    further = {name: torch.full((2, 1), value) for name, value in knobs.items()}
    with quiet(), torch.no_grad():
        try:
            out = module(levels, **further)
        except Exception:
            return  # tracing tells where
    if not isinstance(out, Tensor) or out.shape != levels.shape:
        found = list(out.shape) if isinstance(out, Tensor) else type(out).__name__
        raise Error(
            f"forward() maps levels {list(levels.shape)} to {found}; return the gain in dB of each "
            f"bin and frame: [batch, bins, frames]"
        )


def _check_causal(converted: Converted) -> None:
    if converted.delay_samples:
        raise Error(
            f"forward() looks {converted.delay_samples} frames ahead, and a filter cannot wait for "
            f"them; pad on the left"
        )


def _prove(
    module: nn.Module,
    curve: Curve,
    contract: Contract,
    model: _engine.Model,
    knob_shape: tuple[int, ...],
    converted: Converted,
) -> tuple[float, float]:
    """Seconds of noise played, and the largest difference in dB. Raise tonecast.Error beyond it."""
    least = round(SECONDS * contract.sample_rate_hz / curve.hop_samples)
    frames = max(least, MEMORIES * converted.memory_samples)
    sound = _noise(frames * curve.hop_samples)
    windowed = list(_windowed(sound, curve))
    largest_db = 0.0
    for settings in proven_settings(contract.graph_controls):
        whole = _whole(module, curve, sound, settings, knob_shape)
        runner = _engine.FrameRunner(model, _CHANNELS)  # from a reset
        values = {**settings, DELTA.name: 0.0}
        played = np.stack([runner.run(frame, values) for frame in windowed], axis=2)
        difference_db = np.abs(played - whole)
        if not difference_db.max() <= TOLERANCE_DB:  # NaN included
            wrong = np.flatnonzero(~(difference_db <= TOLERANCE_DB).all(axis=(0, 1)))
            text = ", ".join(f"{name} = {value:g}" for name, value in settings.items()) or "none"
            raise Error(
                f"frame by frame the curve differs from that of the whole from frame {wrong[0]} "
                f"on, by up to {np.nanmax(difference_db):.2g} dB (settings: {text}); does the "
                f"module depend on the length of its input?"
            )
        largest_db = max(largest_db, float(difference_db.max()))
    return frames * curve.hop_samples / contract.sample_rate_hz, largest_db


def _noise(samples: int) -> Tensor:
    """Rises by 40 dB and falls again: [channels, samples]."""
    drawn = 2 * uniform(1, _CHANNELS * samples).reshape(_CHANNELS, samples) - 1
    level = 10 ** (-2 * np.abs(np.linspace(-1, 1, samples)))
    return torch.from_numpy((drawn * level).astype(np.float32))


def _windowed(sound: Tensor, curve: Curve) -> Iterator[np.ndarray]:
    window = make_window("hann", curve.frame_samples)
    early = np.pad(sound.numpy(), ((0, 0), (curve.frame_samples - curve.hop_samples, 0)))
    for begin in range(0, sound.shape[1], curve.hop_samples):
        yield early[:, begin : begin + curve.frame_samples] * window


def _whole(
    module: nn.Module,
    curve: Curve,
    sound: Tensor,
    settings: Mapping[str, float],
    knob_shape: tuple[int, ...],
) -> np.ndarray:
    with quiet(), torch.no_grad():
        levels = curve.levels_db(sound)
        size = (len(levels), *knob_shape) if knob_shape else ()
        further = {name: torch.full(size, value) for name, value in settings.items()}
        out: np.ndarray = module(levels, **further).numpy()
    return out
