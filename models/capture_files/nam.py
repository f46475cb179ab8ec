"""Effect files as `.nam` files, as far as those can say what the network is.

Version 0.5.4 for what every player of the format reads, 0.7.0 for what is newer.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import nn

from ...plugin_core import _engine
from ...plugin_core.atomic_write import atomic_write
from ...plugin_core.effect_files.contract import Contract
from ...plugin_core.errors import Error
from ..families.causal import CausalNetwork
from ..families.recurrent.layers import LSTM
from ..families.recurrent.recurrent import Recurrent
from ..families.wavenet.film import PLACES
from ..families.wavenet.wavenet import WaveNet
from ..families.weights import read_model

OLD, NEW = "0.5.4", "0.7.0"

_FILM_NAMES = dict(
    zip(
        PLACES,
        (
            "conv_pre_film",
            "conv_post_film",
            "input_mixin_pre_film",
            "input_mixin_post_film",
            "activation_pre_film",
            "activation_post_film",
            "layer1x1_post_film",
            "head1x1_post_film",
        ),
        strict=True,
    )
)


def write_nam(effect_path: Path, nam_path: Path) -> str:
    """Write a causal effect as a `.nam` file; return the version of the format.

    Raise tonecast.Error where the format has no words for its network or its delay.
    """
    contract = Contract.from_json(_engine.EffectFile(effect_path).contract_json)
    if contract.delay_samples:
        raise Error(
            f"{effect_path}: it is {contract.delay_samples} samples late by itself, and a .nam "
            "file cannot say so: what plays it would mix it with dry sound that is too early"
        )
    network = _read_network(effect_path, contract)
    try:
        document = nam_document(network)
    except Error as error:
        raise Error(f"{effect_path}: {error}") from None
    _set_rate(document, contract.sample_rate_hz)
    document["metadata"] = _metadata(contract)
    with atomic_write(nam_path) as draft:
        draft.write_text(json.dumps(document))
    return str(document["version"])


def _read_network(path: Path, contract: Contract) -> CausalNetwork:
    found = read_model(path, nn.Module) if contract.form == "causal" else None
    if not isinstance(found, CausalNetwork):
        raise Error(
            f"{path}: a .nam file holds a causal network of one of our families, and it is none"
        )
    return found


def _set_rate(document: dict[str, Any], sample_rate_hz: int) -> None:
    """NAM's core wants a condition's rate to be that of the network which it is for."""
    document["sample_rate"] = sample_rate_hz
    if condition := document["config"].get("condition_dsp"):
        _set_rate(condition, sample_rate_hz)


def _metadata(contract: Contract) -> dict[str, Any]:
    metadata: dict[str, Any] = {"name": contract.label}
    if contract.capture is not None:
        metadata |= contract.capture.details
        levels = {
            "loudness": contract.capture.loudness_db,
            "input_level_dbu": contract.capture.input_level_dbu,
            "output_level_dbu": contract.capture.output_level_dbu,
        }
        metadata |= {name: value for name, value in levels.items() if value is not None}
    return metadata


def nam_document(network: CausalNetwork) -> dict[str, Any]:
    """A network as the object of a `.nam` file, in the words of the oldest version that has them.

    Raise tonecast.Error where the format has no words for it.
    """
    if isinstance(network, WaveNet):
        return _wavenet(network)
    if isinstance(network, Recurrent):
        return _lstm(network)
    shape, weights = dict(network.network), network.flat().tolist()
    if network.architecture == "convnet":
        shape = {**shape, "batchnorm": False, "activation": _activation(shape["activation"])}
        return _model(OLD, "ConvNet", shape, weights)
    if network.architecture != "linear":
        raise Error(f"the .nam format has no words for {network.architecture}")
    # NAM's core plays the first weight with the newest sample, convolutions the last one.
    taps = shape["receptive_field"]
    return _model(OLD, "Linear", shape, weights[:taps][::-1] + weights[taps:])


def _model(
    version: str, architecture: str, config: Mapping[str, Any], weights: list[float]
) -> dict[str, Any]:
    return {
        "version": version,
        "architecture": architecture,
        "config": dict(config),
        "weights": weights,
    }


def _lstm(network: Recurrent) -> dict[str, Any]:
    shape = network.network
    *layers, head = network.layers
    cells = {layer.cells for layer in layers if isinstance(layer, LSTM)}
    plain = (
        layers
        and all(isinstance(layer, LSTM) for layer in layers)
        and len(cells) == 1
        and shape["layers"][-1].get("activation") == "none"
        and not (shape["skip"] or network.conditions)
        and shape["input_gain"] == shape["output_gain"] == 1
    )
    if not plain:
        raise Error(
            "a .nam file can hold LSTM layers of one width with an output, and no GRU, skip, "
            "gains, knobs or further dense layers"
        )
    weights: list[float] = []
    with torch.no_grad():
        for layer in layers:
            assert isinstance(layer, LSTM)
            matrix = torch.cat([layer.weight_ih, layer.weight_hh], dim=1)
            bias = layer.bias_ih + layer.bias_hh
            for part in (matrix, bias, layer.initial_hidden, layer.initial_cell):
                weights += part.ravel().tolist()
        for part in head.in_order():  # type: ignore[operator]
            weights += part.ravel().tolist()
    config = {"input_size": 1, "hidden_size": cells.pop(), "num_layers": len(layers)}
    return _model(OLD, "LSTM", config, weights)


def _wavenet(network: WaveNet) -> dict[str, Any]:
    shape = network.network
    if network.conditions:
        raise Error("a .nam file can hold no WaveNet with knobs; keep the effect file")
    own = network.flat().tolist()
    condition = None
    if network.condition is not None:
        condition = _wavenet(network.condition)
        own = own[len(network.condition.flat()) :]
    old = condition is None and shape["head"] is None and all(map(_is_old, shape["arrays"]))
    config = {
        "layers": [(_old_array if old else _array)(array) for array in shape["arrays"]],
        "head": _post_head(shape["head"]),
        "head_scale": network.head_scale.item(),
    }
    if not old:
        config |= {"condition_dsp": condition, "in_channels": 1}
    return _model(OLD if old else NEW, "WaveNet", config, own)


def _is_old(array: Mapping[str, Any]) -> bool:
    """Whether an array can be said in the words of 0.5."""
    layers = array["layers"]
    same = all(
        {**layer, "dilation": 1} == {**layers[0], "dilation": 1} for layer in layers
    ) and isinstance(_activation(layers[0]["activation"]), str)
    gated = layers[0]["gating"]
    usual = {
        "bottleneck": array["channels"],
        "groups_input": 1,
        "groups_mixin": 1,
        "layer1x1": {"groups": 1},
        "head1x1": None,
        "films": {},
    }
    head = array["head"]
    return (
        same
        and all(array[name] == value for name, value in usual.items())
        and (gated == "none" or (gated == "gated" and _is_sigmoid(layers[0]["gate_activation"])))
        and (head["kernel_size"], head["dilation"]) == (1, 1)
    )


def _is_sigmoid(activation: Mapping[str, Any]) -> bool:
    return bool(activation["type"] == "Sigmoid")


def _old_array(array: Mapping[str, Any]) -> dict[str, Any]:
    first = array["layers"][0]
    return {
        "input_size": array["input_size"],
        "condition_size": array["condition_size"],
        "channels": array["channels"],
        "head_size": array["head"]["out_channels"],
        "kernel_size": first["kernel_size"],
        "dilations": [layer["dilation"] for layer in array["layers"]],
        "activation": _activation(first["activation"]),
        "gated": first["gating"] == "gated",
        "head_bias": array["head"]["bias"],
    }


def _array(array: Mapping[str, Any]) -> dict[str, Any]:
    layers, head, one = array["layers"], array["head"], array["layer1x1"]
    config = {
        "input_size": array["input_size"],
        "condition_size": array["condition_size"],
        "channels": array["channels"],
        "bottleneck": array["bottleneck"],
        "kernel_sizes": [layer["kernel_size"] for layer in layers],
        "dilations": [layer["dilation"] for layer in layers],
        "activation": [_activation(layer["activation"]) for layer in layers],
        "gating_mode": [layer["gating"] for layer in layers],
        "secondary_activation": [
            None if layer["gating"] == "none" else _activation(layer["gate_activation"])
            for layer in layers
        ],
        "head": {
            "out_channels": head["out_channels"],
            "kernel_size": head["kernel_size"],
            "head_dilation": head["dilation"],
            "bias": head["bias"],
        },
        "layer1x1": {"active": one is not None, "groups": one["groups"] if one else 1},
        "groups_input": array["groups_input"],
        "groups_input_mixin": array["groups_mixin"],
    }
    if array["head1x1"] is not None:
        config["head1x1"] = {"active": True, **array["head1x1"]}
    for place, film in array["films"].items():
        config[_FILM_NAMES[place]] = {"active": True, **film}
    return config


def _post_head(head: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if head is None:
        return None
    convolutions = head["convolutions"]
    return {
        "channels": convolutions[0]["out_channels"],
        "out_channels": convolutions[-1]["out_channels"],
        "kernel_sizes": [one["kernel_size"] for one in convolutions],
        "activation": _activation(head["activation"]),
    }


def _activation(shape: Mapping[str, Any]) -> str | dict[str, Any]:
    """By its name, where it has no parameters."""
    return str(shape["type"]) if shape.keys() == {"type"} else dict(shape)
