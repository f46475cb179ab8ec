"""Captures with made-up weights, of every architecture."""

from __future__ import annotations

from typing import Any

import numpy as np


def values(count: int, seed: int, size: float = 0.4) -> list[float]:
    drawn = np.random.default_rng(seed).uniform(-size, size, count).astype(np.float32)
    return [float(value) for value in drawn]


def array(**changed: object) -> dict[str, Any]:
    return {
        "input_size": 1,
        "condition_size": 1,
        "channels": 4,
        "head_size": 1,
        "kernel_size": 3,
        "dilations": [1, 2, 4],
        "activation": "Tanh",
        "gated": False,
        "head_bias": True,
        **changed,
    }


def nam(architecture: str, config: object, count: int, version: str = "0.5.4") -> dict[str, Any]:
    return {
        "version": version,
        "architecture": architecture,
        "config": config,
        "weights": values(count, 1),
        "sample_rate": 48000,
        "metadata": {"name": "Made", "loudness": -20.5, "input_level_dbu": 12.5},
    }


A1 = nam("WaveNet", {"layers": [array()], "head": None, "head_scale": 0.02}, 4 + 3 * 76 + 5 + 1)
GATED = nam(
    "WaveNet",
    {"layers": [array(gated=True)], "head": None, "head_scale": 1.0},
    4 + 3 * (8 * 4 * 3 + 8 + 8 + 20) + 5 + 1,
)
_A2 = {
    "input_size": 1,
    "condition_size": 1,
    "channels": 3,
    "kernel_sizes": [6, 15],
    "dilations": [1, 13],
    "activation": {"type": "LeakyReLU", "negative_slope": 0.01},
    "head": {"out_channels": 1, "kernel_size": 4, "bias": True},
    "conv_post_film": {"active": True, "shift": True, "groups": 1},
}
A2 = nam(
    "WaveNet",
    {"layers": [_A2], "head": None, "head_scale": 1.0},
    3 + (54 + 3 + 3 + 12 + 12) + (135 + 3 + 3 + 12 + 12) + 13 + 1,
    "0.7.0",
)
LSTM = nam("LSTM", {"input_size": 1, "hidden_size": 5, "num_layers": 2}, 120 + 30 + 200 + 30 + 6)
CONVNET = nam(
    "ConvNet",
    {"channels": 3, "dilations": [1, 4], "batchnorm": True, "activation": "ReLU"},
    (6 + 13) + (18 + 13) + 4,
)
CONVNET["weights"] = [abs(value) + 0.1 for value in CONVNET["weights"]]  # variances
LINEAR = nam("Linear", {"receptive_field": 20, "bias": True}, 21)
CAPTURES = {
    "a1": A1,
    "gated": GATED,
    "a2": A2,
    "lstm": LSTM,
    "convnet": CONVNET,
    "linear": LINEAR,
}


def dense(inputs: int, outputs: int, seed: int, activation: str = "") -> dict[str, Any]:
    weights = np.reshape(values(inputs * outputs, seed), (inputs, outputs)).tolist()
    return {
        "type": "dense",
        "activation": activation,
        "shape": [None, None, outputs],
        "weights": [weights, values(outputs, seed + 1)],
    }


GRU = {
    "in_shape": [None, None, 2],
    "in_skip": 1,
    "out_gain": -3.0,
    "layers": [
        dense(2, 3, 5, "tanh"),
        {
            "type": "gru",
            "activation": "tanh",
            "shape": [None, None, 4],
            "weights": [
                np.reshape(values(36, 2), (3, 12)).tolist(),
                np.reshape(values(48, 3), (4, 12)).tolist(),
                np.reshape(values(24, 4), (2, 12)).tolist(),
            ],
        },
        dense(4, 1, 7),
    ],
}
