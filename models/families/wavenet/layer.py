"""A layer of a WaveNet: convolution, condition, activation, and its ways out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from torch import Tensor, nn

from .activation import Activation
from .convolution import Convolution
from .film import PLACES, Film


class Layer(nn.Module):
    """One of an array's layers, see shared `array` and own `shape` in docs/effect-file.md."""

    def __init__(self, array: Mapping[str, Any], shape: Mapping[str, Any]) -> None:
        super().__init__()
        channels, inside = array["channels"], array["bottleneck"]
        condition_size = array["condition_size"]
        self.gating = shape["gating"]
        self.inside = inside
        wide = inside if self.gating == "none" else 2 * inside
        self.conv = Convolution(
            channels, wide, shape["kernel_size"], shape["dilation"], array["groups_input"]
        )
        self.mixin = Convolution(condition_size, wide, groups=array["groups_mixin"], bias=False)
        one, head = array["layer1x1"], array["head1x1"]
        self.layer1x1 = Convolution(inside, channels, groups=one["groups"]) if one else None
        out = head["out_channels"] if head else inside
        self.head1x1 = Convolution(inside, out, groups=head["groups"]) if head else None
        self.activation = Activation(shape["activation"])
        self.gate = Activation(shape["gate_activation"])
        widths = (channels, wide, condition_size, wide, wide, inside, channels, out)
        present = {"layer1x1_post": one, "head1x1_post": head}
        self.films = nn.ModuleDict(
            {
                place: Film(array["films"][place], condition_size, width)
                for place, width in zip(PLACES, widths, strict=True)
                if place in array["films"] and present.get(place, True)
            }
        )

    def forward(
        self, v: Tensor, condition: Tensor, past: Tensor | None
    ) -> tuple[Tensor, Tensor, Tensor | None]:
        """What goes on to the next layer, what goes to the head, and the next state."""
        z, past = self.conv.play(self._film("conv_pre", v, condition), past)
        z = self._film("conv_post", z, condition)
        mixed = self.mixin(self._film("mixin_pre", condition, condition))
        z = z + self._film("mixin_post", mixed, condition)
        a = self._gated(self._film("activation_pre", z, condition))
        a = self._film("activation_post", a, condition)
        head = self.head1x1(a) if self.head1x1 is not None else a
        head = self._film("head1x1_post", head, condition)
        if self.layer1x1 is None:
            return v, head, past
        residual = self.layer1x1(a)
        if self.gating == "blended":  # NAM's core applies it there alone
            residual = self._film("layer1x1_post", residual, condition)
        return v + residual, head, past

    def _gated(self, z: Tensor) -> Tensor:
        if self.gating == "none":
            activated: Tensor = self.activation(z)
            return activated
        left, right = z[:, : self.inside], z[:, self.inside :]
        shaped: Tensor = self.activation(left)
        gate: Tensor = self.gate(right)
        return gate * shaped if self.gating == "gated" else gate * shaped + (1 - gate) * left

    def _film(self, place: str, v: Tensor, condition: Tensor) -> Tensor:
        if place not in self.films:
            return v
        film = self.films[place]
        assert isinstance(film, Film)
        return film.modulate(v, condition)

    def in_order(self) -> Iterator[nn.Parameter]:
        """As the file has them."""
        for part in (self.conv, self.mixin, self.layer1x1, self.head1x1):
            if part is not None:
                yield from part.in_order()
        for film in self.films.values():
            assert isinstance(film, Film)
            yield from film.in_order()
