"""Dilated convolutions in layers, with what they have around them: the architecture `wavenet`.

Layers that add to what they hear make an array, as in the file format. One that puts something
else in its place has an array of its own, with channels for both: what was heard stands in the
first ones, what is given is added to the others, which are zeros, and the next array takes from
them what it hears.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from ....plugin_core.effect_files.contract import Architecture, Control
from ..trace import Trace
from .heads import Ending, Head, endings
from .known import Known, OtherError, need
from .layers import Layer, LayerFinder, Onward, curves
from .reading import Reading
from .signals import Condition, Sum, identity

_MIDDLE = 0.5  # of a knob's range


@dataclass
class _Played:
    """A layer as an array has it: what it adds to the array's channels, and to the head."""

    layer: Layer
    added: Tensor  # [channels, rows, 1]
    added_bias: Tensor


@dataclass
class _Array:
    """Layers of one width that go into one head."""

    rechannel: Tensor  # [channels, before, 1]
    head: int
    layers: list[_Played] = field(default_factory=list)
    is_closed: bool = False

    @property
    def channels(self) -> int:
        return int(self.rechannel.shape[0])

    def takes(self, layer: Layer, head: int) -> bool:
        first = self.layers[0].layer
        gated = [curves(one.atom)[1] is not None for one in (first, layer)]
        return (
            not self.is_closed
            and self.head == head
            and first.rows == layer.rows
            and (first.film is None) == (layer.film is None)
            and first.shifts == layer.shifts
            and (first.film is None or gated[0] == gated[1])
        )


def wavenet(traced: Trace, controls: Sequence[Control]) -> Known:
    """Raise OtherError for a module that is none."""
    reading = Reading(traced, controls)
    out = reading.output()
    zeros = reading.begins_with_zeros()
    if not zeros and controls:  # kernels have heard silence with all of them in the middle
        places = [(c.default - c.minimum) / (c.maximum - c.minimum) for c in controls]
        need(all(abs(place - _MIDDLE) < 1e-6 for place in places))
    for ending in endings(out, reading.sum_of):
        try:
            return _written(ending, reading, zeros)
        except OtherError:
            continue
    raise OtherError


def _written(ending: Ending, reading: Reading, zeros: bool) -> Known:
    arrays = _arrays(ending, reading)
    names: dict[str, Tensor] = {}
    shapes = [
        _array(a, array, arrays, ending.heads, reading.condition, names)
        for a, array in enumerate(arrays)
    ]
    network: dict[str, Any] = {"arrays": shapes, "head": None, "condition": None}
    names["head_scale"] = torch.ones(1)
    if ending.post:
        network["head"] = {
            "activation": ending.curve,
            "convolutions": [
                {"out_channels": int(term.weight.shape[0]), "kernel_size": term.taps}
                for term in ending.post
            ],
        }
        for j, term in enumerate(ending.post):
            bias = torch.zeros(len(term.weight)) if term.bias is None else term.bias
            names |= {f"head.{j}.weight": term.weight, f"head.{j}.bias": bias}
    if reading.controls:
        network["conditions"] = len(reading.controls)
    if zeros:
        network["zero_padding"] = True
    weights = {name: tensor.detach().float().contiguous() for name, tensor in names.items()}
    return Known(Architecture("wavenet", network=network), weights)


def _arrays(ending: Ending, reading: Reading) -> list[_Array]:
    finder = LayerFinder(reading.condition, reading.sound, reading.sum_of)
    heads = {atom: h for h, head in enumerate(ending.heads) for atom in head.given}
    layers = finder.layers(list(heads))
    need(bool(layers))
    arrays: list[_Array] = []
    pending = _entry(layers[0], finder, arrays, reading)
    head = 0
    for i, layer in enumerate(layers):
        need(heads.get(layer.atom, head) >= head)
        head = heads.get(layer.atom, head)
        following = layers[i + 1].heard if i + 1 < len(layers) else None
        onward = _onward(finder, layer, following, i)
        if onward is None:
            need(all(one.heard is None for one in layers[i + 1 :]))
        pending = _append(arrays, layer, onward, pending, head)
    need(head == len(ending.heads) - 1)
    return arrays


def _onward(finder: LayerFinder, layer: Layer, following: Sum | None, i: int) -> Onward | None:
    if following is None:
        return None
    if layer.heard is None and i == 0:
        layer = Layer(**{**vars(layer), "heard": finder.sound})
    return finder.onward(layer, following)


def _entry(first: Layer, finder: LayerFinder, arrays: list[_Array], reading: Reading) -> Tensor:
    """From the sound to what the first layer hears; with a bias or knobs, by an array for it."""
    if first.heard is None:
        return identity(1)
    terms = finder.terms(first.heard)
    need(all(isinstance(term.source, Condition) for term in terms))
    weight = torch.stack([term.weight for term in terms]).sum(0)
    biases = [term.bias for term in terms if term.bias is not None and term.bias.any()]
    if not biases and not weight[:, 1:].any():
        return weight[:, :1]
    from_condition = finder.layer_of_condition()
    bias = torch.stack(biases).sum(0) if biases else torch.zeros(len(weight))
    array = _Array(torch.zeros(len(weight), 1, 1), 0, is_closed=True)
    array.layers.append(_Played(from_condition, weight, bias))
    arrays.append(array)
    return identity(len(weight))


def _append(
    arrays: list[_Array], layer: Layer, onward: Onward | None, pending: Tensor, head: int
) -> Tensor:
    """Give a layer to an array; return what the next one makes of the array's channels."""
    channels = len(pending)
    if onward is not None and not onward.residual:
        fresh = len(onward.weight)
        array = _Array(torch.cat([pending, torch.zeros(fresh, *pending.shape[1:])]), head)
        array.is_closed = True
        added = torch.cat([torch.zeros(channels, layer.rows, 1), onward.weight])
        array.layers.append(_Played(layer, added, torch.cat([torch.zeros(channels), onward.bias])))
        arrays.append(array)
        return torch.cat([onward.through, identity(fresh)], 1)
    square = pending.shape[0] == pending.shape[1]
    joins = arrays and square and bool(torch.equal(pending, identity(channels)))
    if not joins or not arrays[-1].takes(layer, head):
        arrays.append(_Array(pending, head))
    if onward is None:
        added, bias = torch.zeros(channels, layer.rows, 1), torch.zeros(channels)
    else:
        added, bias = onward.weight, onward.bias
    arrays[-1].layers.append(_Played(layer, added, bias))
    return identity(channels) if onward is None else onward.through


def _array(
    a: int,
    array: _Array,
    arrays: Sequence[_Array],
    heads: Sequence[Head],
    condition: Condition,
    names: dict[str, Tensor],
) -> Mapping[str, Any]:
    """The shape; its weights go to `names`."""
    head = heads[array.head]
    mates = [played for one in arrays if one.head == array.head for played in one.layers]
    out = head.convolution.weight.shape[1]
    plain = all(played.layer.atom in head.given for played in mates) and head.is_plain
    first = array.layers[0].layer
    film = first.film
    prefix = f"arrays.{a}."
    names[prefix + "rechannel.weight"] = array.rechannel
    for index, played in enumerate(array.layers):
        here, layer = f"{prefix}layers.{index}.", played.layer
        wide, heard, taps = layer.weight.shape
        weight = torch.zeros(wide, array.channels, taps)
        if layer.heard is not None:
            weight[:, :heard] = layer.weight
        names[here + "conv.weight"], names[here + "conv.bias"] = weight, layer.bias
        names[here + "mixin.weight"] = layer.mixin
        names[here + "layer1x1.weight"] = played.added
        names[here + "layer1x1.bias"] = played.added_bias
        if not plain:
            given = head.given.get(layer.atom)
            names[here + "head1x1.weight"] = (
                given.weight if given else torch.zeros(out, layer.rows, 1)
            )
            bias = given.bias if given else None
            names[here + "head1x1.bias"] = torch.zeros(out) if bias is None else bias
        if layer.film is not None:
            (term,) = layer.film.terms
            names[here + "films.activation_pre.weight"] = term.weight
            names[here + "films.activation_pre.bias"] = (
                term.bias if term.bias is not None else (torch.zeros(len(term.weight)))
            )
    ends = a + 1 == len(arrays) or arrays[a + 1].head != array.head
    kernel = head.convolution.weight if ends else identity(out)
    bias = head.convolution.bias if ends else None
    names[prefix + "head.weight"] = kernel
    if bias is not None:
        names[prefix + "head.bias"] = bias
    return {
        "input_size": int(array.rechannel.shape[1]),
        "condition_size": condition.rows,
        "channels": array.channels,
        "bottleneck": first.rows,
        "groups_input": 1,
        "groups_mixin": 1,
        "layers": [_shape(played.layer) for played in array.layers],
        "layer1x1": {"groups": 1},
        "head1x1": None if plain else {"out_channels": int(out), "groups": 1},
        "films": {} if film is None else {"activation_pre": {"shift": first.shifts, "groups": 1}},
        "head": {
            "out_channels": len(kernel),
            "kernel_size": int(kernel.shape[2]),
            "dilation": head.convolution.dilation if ends else 1,
            "bias": bias is not None,
        },
    }


def _shape(layer: Layer) -> Mapping[str, Any]:
    curve, gate = curves(layer.atom)
    return {
        "kernel_size": int(layer.weight.shape[2]) if layer.heard is not None else 1,
        "dilation": layer.dilation,
        "activation": curve,
        "gating": "none" if gate is None else "gated",
        "gate_activation": {"type": "Sigmoid"} if gate is None else gate,
    }
