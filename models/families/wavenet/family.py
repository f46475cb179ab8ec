"""WaveNet, ConvNet and Linear as model families."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from ..causal_family import CausalFamily
from .convnet import ConvNet
from .linear import Linear
from .wavenet import WaveNet

MOST_CONDITIONS = 16  # as in cpp_host/engine/families/wavenet/config/read.cpp

ActivationName = Literal["Tanh", "ReLU", "LeakyReLU", "Sigmoid", "SiLU", "Softsign"]


def _activation(name: ActivationName) -> Mapping[str, Any]:
    return {"type": name, "negative_slope": 0.01} if name == "LeakyReLU" else {"type": name}


@dataclass(frozen=True)
class WaveNetSize:
    """One array of layers, which differ in nothing but their dilation, and its head.

    The defaults are half of an A2, Neural Amp Modeler's second generation: `dilations` once.
    `gated` layers have a second half that decides how much of the first goes on. All layers hear
    the `conditions`, such as knobs, beside the sound, and are modulated by them before they bend:
    a knob that turns a gain multiplies. Where it can only add, settings are learned one by one,
    with three times the error between them (drive and tone of benchmarks/quality/knob_capture.py,
    700 steps).
    """

    channels: int = 8
    kernel_size: int = 6
    dilations: tuple[int, ...] = (1, 3, 7, 17, 41, 101, 239)
    activation: ActivationName = "LeakyReLU"
    gated: bool = False
    head_kernel_size: int = 16
    conditions: int = 0

    def __post_init__(self) -> None:
        """Raise ValueError for shapes that cannot be built."""
        _check_positive(
            "WaveNet", self.channels, self.kernel_size, self.head_kernel_size, *self.dilations
        )
        if not self.dilations:
            raise ValueError("A WaveNet needs a layer: give it a dilation or more.")
        if not 0 <= self.conditions <= MOST_CONDITIONS:
            raise ValueError(
                f"The conditions must be 0 to {MOST_CONDITIONS}, not {self.conditions}."
            )

    def network(self) -> Mapping[str, Any]:
        """See docs/effect-file.md."""
        layer = {
            "kernel_size": self.kernel_size,
            "activation": _activation(self.activation),
            "gating": "gated" if self.gated else "none",
            "gate_activation": {"type": "Sigmoid"},
        }
        layers = [{**layer, "dilation": dilation} for dilation in self.dilations]
        array = layer_array(
            self.channels,
            layers,
            head_kernel_size=self.head_kernel_size,
            condition_size=1 + self.conditions,
            films={"activation_pre": {"shift": True, "groups": 1}} if self.conditions else {},
        )
        network = {"arrays": [array], "head": None, "condition": None}
        return {**network, "conditions": self.conditions} if self.conditions else network


def layer_array(
    channels: int,
    layers: list[dict[str, Any]],
    head_channels: int = 1,
    head_kernel_size: int = 1,
    **changed: Any,
) -> Mapping[str, Any]:
    """An array of so many channels, in the words of a contract, but for what is `changed`."""
    return {
        "input_size": 1,
        "condition_size": 1,
        "channels": channels,
        "bottleneck": channels,
        "groups_input": 1,
        "groups_mixin": 1,
        "layers": layers,
        "layer1x1": {"groups": 1},
        "head1x1": None,
        "films": {},
        "head": {
            "out_channels": head_channels,
            "kernel_size": head_kernel_size,
            "dilation": 1,
            "bias": True,
        },
        **changed,
    }


@dataclass(frozen=True)
class ConvNetSize:
    """Convolutions of two taps each, one after the other."""

    channels: int = 16
    dilations: tuple[int, ...] = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512)
    activation: ActivationName = "Tanh"

    def __post_init__(self) -> None:
        """Raise ValueError for shapes that cannot be built."""
        _check_positive("ConvNet", self.channels, *self.dilations)
        if not self.dilations:
            raise ValueError("A ConvNet needs a convolution: give it a dilation or more.")

    def network(self) -> Mapping[str, Any]:
        """See docs/effect-file.md."""
        return {
            "channels": self.channels,
            "dilations": list(self.dilations),
            "groups": 1,
            "activation": _activation(self.activation),
        }


@dataclass(frozen=True)
class LinearSize:
    """An impulse response of so many samples."""

    receptive_field: int = 1024
    bias: bool = False

    def __post_init__(self) -> None:
        """Raise ValueError for shapes that cannot be built."""
        _check_positive("Linear", self.receptive_field)

    def network(self) -> Mapping[str, Any]:
        """See docs/effect-file.md."""
        return {"receptive_field": self.receptive_field, "bias": self.bias}


def _check_positive(name: str, *numbers: int) -> None:
    if min(numbers) < 1:
        raise ValueError(f"The sizes of a {name} must be 1 or more, not {min(numbers)}.")


WAVENET_FAMILY = CausalFamily(WaveNet, WaveNetSize)
CONVNET_FAMILY = CausalFamily(ConvNet, ConvNetSize)
LINEAR_FAMILY = CausalFamily(Linear, LinearSize)
