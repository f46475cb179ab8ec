"""The cost of the predictors: a window in ONNX Runtime, memory, and a window in training."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import numpy as np
import torch
from torch import Tensor, nn

from ...export.to_onnx import predictor_to_onnx
from ...models.predictors.descriptors.descriptors import Descriptors
from ...models.predictors.drn import DRN, PRESETS
from ...models.predictors.ffn import FFN
from ...models.predictors.predictor import OneWindow, Predictor

PERIODS_S = (0.5, 0.1)
WINDOWS, PAPER_WINDOWS = 300, 10
STEPS = 5
HEAD = """## Predictors: a window of half a second

Processor time of one thread in ONNX Runtime: {windows} windows of noise ({paper_windows} for the
paper's DRN), nothing trimmed. Each runs in a separate process; memory is that process's growth:
after the last window, and at its peak. The load of a core is for a prediction every 0.5 s and every
0.1 s. The networks are untrained, which does not change the cost. The difference from PyTorch is
the largest, of a factor between 0 and 1.

| | parameters | file, MB | ms, median | p99 | longest | of a core | MiB | peak | difference |
|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|"""
TRAINING = """
**Training**: processor time of one step forward and backward, one thread, median of {steps}.
Features (the live DRN's levels, the FFN's descriptors) can be computed once where training does not
change them.

| what | windows together | ms a window | windows a second |
|---|---:|---:|---:|"""


def run(out_dir: Path) -> str:
    """Return the Markdown section; writes no file."""
    torch.manual_seed(1)
    torch.set_num_threads(1)
    live, ffn, paper = DRN(PRESETS["live"]), FFN(Descriptors()), DRN()
    rows = [
        _cost("DRN, live", live, windows=WINDOWS),
        _cost("FFN with its descriptors", ffn, windows=WINDOWS),
        _cost("DRN, paper", paper, windows=PAPER_WINDOWS),
    ]
    steps = [
        _training("DRN, live, on audio", live, _audio(live, 64), from_features=False),
        _training("DRN, live, on features", live, _audio(live, 64), from_features=True),
        _training("FFN, on features", ffn, _audio(ffn, 64), from_features=True),
        _features("FFN's descriptors alone", ffn, _audio(ffn, 64)),
        _training("DRN, paper, on audio", paper, _audio(paper, 2), from_features=False),
    ]
    head = HEAD.format(windows=WINDOWS, paper_windows=PAPER_WINDOWS)
    return "\n".join([head, *rows, TRAINING.format(steps=STEPS), *steps, ""])


def _cost(name: str, model: Predictor, windows: int) -> str:
    model.eval()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "predictor.onnx"
        graph = predictor_to_onnx(OneWindow(model), model.window_samples)
        path.write_bytes(graph.SerializeToString())
        size_mb = path.stat().st_size / 1e6
        arguments = [str(path), str(model.window_samples), str(windows)]
        process = [sys.executable, "-m", f"{__package__}.predictor_session", *arguments]
        found = json.loads(subprocess.run(process, check=True, capture_output=True).stdout)
    times_ms = found["times_ms"]
    shares = " … ".join(f"{median(times_ms) / 10 / p:.1f}" for p in PERIODS_S)
    parameters = sum(p.numel() for p in model.parameters())
    return (
        f"| {name} | {parameters:,} | {size_mb:.1f} | {median(times_ms):.2f} | "
        f"{np.percentile(times_ms, 99):.2f} | {max(times_ms):.2f} | {shares} % | "
        f"{found['memory_mib']['VmRSS']:.0f} | {found['memory_mib']['VmHWM']:.0f} | "
        f"{_difference(model, found['values']):.0e} |"
    )


def _difference(model: Predictor, values: list[float]) -> float:
    """From PyTorch, for the noise that `predictor_session` plays."""
    rng = np.random.default_rng(1)
    largest = 0.0
    for value in values:
        window = 0.1 * rng.standard_normal((1, 2, model.window_samples))
        with torch.no_grad():
            expected = model(torch.tensor(window, dtype=torch.float32))
        largest = max(largest, abs(float(expected) - value))
    return largest


def _audio(model: Predictor, windows: int) -> Tensor:
    return 0.1 * torch.randn(windows, 2, model.window_samples)


def _training(name: str, model: Predictor, audio: Tensor, from_features: bool) -> str:
    model.train()
    with torch.no_grad():
        features = model.features(audio)

    def step() -> None:
        model.zero_grad()
        factors = model.from_features(features) if from_features else model(audio)
        nn.functional.mse_loss(factors, torch.zeros_like(factors)).backward()  # type: ignore[no-untyped-call]

    return _step_row(name, len(audio), step)


def _features(name: str, model: Predictor, audio: Tensor) -> str:
    def step() -> None:
        with torch.no_grad():
            model.features(audio)

    return _step_row(name, len(audio), step)


def _step_row(name: str, windows: int, step: Callable[[], None]) -> str:
    step()
    times = []
    for _ in range(STEPS):
        start = time.process_time()
        step()
        times.append(time.process_time() - start)
    seconds = median(times) / windows
    return f"| {name} | {windows} | {1000 * seconds:.2f} | {1 / seconds:.1f} |"
