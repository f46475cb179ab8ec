"""Frames a second in training, for each way of computing the convolutions."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import torch
from torch import Tensor
from torch.nn import functional

from ...models.families.autoencoder.cae import CAE
from ...models.families.autoencoder.cafx import CAFx
from ...models.families.autoencoder.fft_conv import correlate_same, fast_size
from ...models.losses import esr_of_frames
from ...models.training.malloc_tuning import keep_freed_memory

FILTERS, FRAME, TAPS = 128, 1024, 128
BATCHES = (16, 64)
REPEATS = 5
HEAD = """## Training: frames a second

One step forward and backward, one thread, median of 5. Models have the papers' sizes. "As the
system has it" returns freed memory to the kernel after each use; `models/training/malloc_tuning.py`
keeps it.

| what | memory | frames together | ms a frame | frames a second |
|---|---|---:|---:|---:|"""


def run(out_dir: Path) -> str:
    """Return the Markdown section; writes no file."""
    torch.set_num_threads(1)
    rows = _rows("as the system has it")
    keep_freed_memory()
    rows += _rows("kept")
    return "\n".join([HEAD, *rows, ""])


def _rows(memory: str) -> list[str]:
    convolutions: tuple[tuple[str, Callable[[Tensor, Tensor], Tensor]], ...] = (
        ("depthwise convolution, conv1d(groups)", _grouped),
        ("depthwise convolution, FFT, autograd", _fft_autograd),
        ("depthwise convolution, FFT, own backward", correlate_same),
    )
    rows = []
    for frames in BATCHES:
        for name, correlate in convolutions:
            rows.append(_row(name, memory, frames, _convolution_step(correlate, frames)))
        for model in (CAE(), CAFx()):
            name = f"{type(model).__name__}, whole step"
            rows.append(_row(name, memory, frames, _model_step(model, frames)))
    return rows


def _row(name: str, memory: str, frames: int, step: Callable[[], None]) -> str:
    step()
    times = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        step()
        times.append(time.perf_counter() - start)
    seconds = median(times) / frames
    return f"| {name} | {memory} | {frames} | {1000 * seconds:.2f} | {1 / seconds:.0f} |"


def _convolution_step(
    correlate: Callable[[Tensor, Tensor], Tensor], frames: int
) -> Callable[[], None]:
    signal = torch.rand(frames, FILTERS, FRAME, requires_grad=True)
    kernels = torch.rand(FILTERS, TAPS, requires_grad=True)
    gradient = torch.rand(frames, FILTERS, FRAME)

    def step() -> None:
        signal.grad = kernels.grad = None
        correlate(signal, kernels).backward(gradient)  # type: ignore[no-untyped-call]

    return step


def _model_step(model: CAE, frames: int) -> Callable[[], None]:
    sound = 0.1 * torch.randn(frames, FRAME)

    def step() -> None:
        model.zero_grad()
        esr_of_frames(model(sound), sound).backward()  # type: ignore[no-untyped-call]

    return step


def _grouped(signal: Tensor, kernels: Tensor) -> Tensor:
    padded = functional.pad(signal, ((TAPS - 1) // 2, TAPS // 2))
    return functional.conv1d(padded, kernels[:, None], groups=FILTERS)


def _fft_autograd(signal: Tensor, kernels: Tensor) -> Tensor:
    size = fast_size(FRAME + TAPS - 1)
    product = torch.fft.rfft(signal, size) * torch.fft.rfft(kernels.flip(1), size)
    out: Tensor = torch.fft.irfft(product, size)
    return out[..., TAPS // 2 : TAPS // 2 + FRAME]
