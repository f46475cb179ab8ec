"""One module through `tonecast.export`: a row of the table."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from ... import Effect
from ...export.cost import core_share
from ...export.knob import Knob
from ...export.module import export_module
from ...export.streaming.convert import Converted, convert
from ...export.streaming.proof import play_whole
from ...export.streaming.traced import traced_with
from ...plugin_core.errors import Error
from ...plugin_core.samples import Samples

RATE_HZ = 48_000
SECONDS = 2
BLOCKS_SAMPLES = (1, 64, 480)
RANDOM = "random"
EAGER_FRAMES = 400
ROUNDS = 3


@dataclass(frozen=True)
class Row:
    """What became of a module; `refusal` is the sentence if nothing did."""

    name: str
    refusal: str = ""
    differences: Mapping[str, float] | None = None  # by the size of blocks
    latency_samples: int = 0
    frame_samples: int = 0
    core: float = 0.0
    eager_core: float = 0.0
    export_s: float = 0.0  # of processor time

    def line(self) -> str:
        """Of a Markdown table."""
        if self.differences is None:
            return f"| {self.name} | {self.refusal} | | | | | |"
        worst = max(self.differences.values())
        return (
            f"| {self.name} | {worst:.0e} | {self.latency_samples} | {self.frame_samples} | "
            f"{100 * self.core:.1f} % | {100 * self.eager_core:.0f} % | {self.export_s:.0f} s |"
        )


def measure(
    name: str, make: Callable[[], nn.Module], knobs: Mapping[str, float], folder: Path
) -> Row:
    """Export a module, if it can be, and play it."""
    torch.manual_seed(0)
    try:
        module = make().eval()
    except (ImportError, OSError) as missing:
        return Row(name, f"not installed: {missing}")
    path = folder / "own.onnx"
    declared: dict[str, Any] = {key: Knob(0.0, 1.0, value) for key, value in knobs.items()}
    begin_s = time.process_time()
    try:
        report = export_module(module, path, RATE_HZ, quiet=True, **declared)
    except Error as error:
        return Row(name, str(error).replace(str(path), "the file").replace("|", "/"))
    export_s = time.process_time() - begin_s
    size = report.contract.frame_size_samples
    traced, _ = traced_with(module, knobs)
    converted = convert(traced, knobs, size)
    return Row(
        name,
        differences=_differences(
            module, path, knobs, size, traced.knob_shape, report.contract.whole[0].silence_samples
        ),
        latency_samples=report.latency_samples,
        frame_samples=size,
        core=core_share(path, RATE_HZ),
        eager_core=_eager_share(converted, knobs),
        export_s=export_s,
    )


def _differences(
    module: nn.Module,
    path: Path,
    knobs: Mapping[str, float],
    quantum: int,
    knob_shape: tuple[int, ...],
    silence_samples: int,
) -> dict[str, float]:
    """Of the stream from the whole, by the sizes of its blocks; the sound begins with silence."""
    random = np.random.default_rng(2)
    count = SECONDS * RATE_HZ // quantum * quantum
    sound = random.uniform(-0.3, 0.3, count).astype(np.float32)
    sound[:silence_samples] = 0.0
    whole = play_whole(module, sound[None], knobs, knob_shape)[0]
    found = {}
    for size in (*BLOCKS_SAMPLES, RANDOM):
        sizes = random.integers(1, 1000, count) if size == RANDOM else np.full(count, size)
        played = _in_blocks(Effect(path, **dict[str, Any](knobs)), sound, sizes)
        found[str(size)] = float(np.abs(played - whole[: len(played)]).max())
    return found


def _in_blocks(effect: Effect, sound: Samples, sizes: np.ndarray) -> Samples:
    """What a stream makes of the sound, without its latency, as far as the model has heard all."""
    parts, begin = [], 0
    with effect.stream(RATE_HZ, channels=1) as stream:
        for size in sizes:
            if begin >= len(sound):
                break
            parts.append(stream.process(sound[None, begin : begin + size].copy()))
            begin += int(size)
        late = stream.latency_samples
    return np.concatenate(parts, axis=1)[0, late:]


def _eager_share(converted: Converted, knobs: Mapping[str, float]) -> float:
    """Of a core, for the same frames by PyTorch, one after the other: what one writes by hand."""
    size = converted.frame_size_samples
    states = list(converted.initial_states.values())
    controls = [torch.tensor(value) for value in knobs.values()]
    frames = torch.from_numpy(
        np.random.default_rng(1).uniform(-0.1, 0.1, (EAGER_FRAMES, 1, size)).astype(np.float32)
    )
    medians_s = []
    with torch.no_grad():
        for _ in range(ROUNDS):
            times_s = []
            for frame in frames:
                begin_s = time.perf_counter()
                _, *states = converted.module(frame, *controls, *states)
                times_s.append(time.perf_counter() - begin_s)
            medians_s.append(float(np.median(times_s)))
    return min(medians_s) * RATE_HZ / size
