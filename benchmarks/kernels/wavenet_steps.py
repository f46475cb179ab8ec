"""Where the time of a WaveNet's kernels goes, and how near that is to the machine's best."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ...plugin_core import _engine

CHUNKS = 3000
REPEATS = 5
CHUNK_SAMPLES = 64
HEAD = f"""## WaveNets step by step

A chunk of {CHUNK_SAMPLES} samples of one channel, random weights. Each step is timed by itself, the
median of {CHUNKS} chunks, less what looking at the clock takes; the best of {REPEATS} rounds. "Of
peak" is the share of the products and sums that the machine does when nothing else is to be done.
A2's activation takes place in its convolutions, and so does a layer's 1×1 where one tile has all of
the layer's rows.

| network | instruction set | step | µs | steps | GFLOP/s | of peak |
|---|---|---|---:|---:|---:|---:|"""


def run(out_dir: Path) -> str:
    """Return the Markdown section; writes no file."""
    lines = [HEAD]
    for instruction_set in _engine.testing.instruction_sets():
        peak = _engine.testing.machine_limits(instruction_set)["gflops"]
        for name, network in _networks().items():
            lines += _lines(name, network, instruction_set, peak)
    return "\n".join([*lines, ""])


def _lines(name: str, network: dict[str, Any], instruction_set: str, peak: float) -> list[str]:
    rounds = [
        _engine.testing.wavenet_steps(json.dumps(network), instruction_set, CHUNKS)
        for _ in range(REPEATS)
    ]
    best = min(rounds, key=lambda steps: sum(us for _, _, us in steps))
    lines = []
    for row in (*dict.fromkeys(kind for kind, _, _ in best), "all"):
        steps = [step for step in best if row in (step[0], "all")]
        total_us = sum(us for _, _, us in steps)
        rate = sum(flops for _, flops, _ in steps) / total_us / 1000
        share = f"{rate:.0f} | {100 * rate / peak:.0f} %" if rate else "– | –"
        lines.append(
            f"| {name} | {instruction_set} | {row} | {total_us:.1f} | {len(steps)} | {share} |"
        )
    return lines


def _networks() -> dict[str, dict[str, Any]]:
    a2_dilations = [1, 3, 7, 17, 41, 101, 239]
    a2_dilations = [*a2_dilations, *a2_dilations, 1, 13, *a2_dilations]
    a2_kernels = [15 if i in (14, 15) else 6 for i in range(len(a2_dilations))]
    leaky = {"type": "LeakyReLU", "negative_slope": 0.01}
    a1_dilations = [2**i for i in range(10)]
    a1_layers = (a1_dilations, [3] * len(a1_dilations), {"type": "Tanh"})
    a2_layers = (a2_dilations, a2_kernels, leaky)
    return {
        "A1 standard": _wavenet(
            [_array(1, 16, a1_layers, (8, 1, False)), _array(16, 8, a1_layers, (1, 1, True))]
        ),
        "A2 full": _wavenet([_array(1, 8, a2_layers, (1, 16, True))]),
        "A2 lite": _wavenet([_array(1, 3, a2_layers, (1, 16, True))]),
    }


def _wavenet(arrays: list[dict[str, Any]]) -> dict[str, Any]:
    return {"arrays": arrays, "head": None, "condition": None}


def _array(
    input_size: int,
    channels: int,
    layers: tuple[list[int], list[int], dict[str, Any]],
    head: tuple[int, int, bool],
) -> dict[str, Any]:
    """`layers`: dilations, kernel sizes, activation; `head`: outputs, kernel size, bias."""
    dilations, kernel_sizes, activation = layers
    out_channels, kernel_size, bias = head
    return {
        "input_size": input_size,
        "condition_size": 1,
        "channels": channels,
        "bottleneck": channels,
        "groups_input": 1,
        "groups_mixin": 1,
        "layers": [
            {
                "kernel_size": kernel,
                "dilation": dilation,
                "activation": activation,
                "gating": "none",
                "gate_activation": {"type": "Sigmoid"},
            }
            for kernel, dilation in zip(kernel_sizes, dilations, strict=True)
        ],
        "layer1x1": {"groups": 1},
        "head1x1": None,
        "films": {},
        "head": {
            "out_channels": out_channels,
            "kernel_size": kernel_size,
            "dilation": 1,
            "bias": bias,
        },
    }
