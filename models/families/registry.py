"""The known model families, by name.

Other packages add theirs with `register`, or by an entry point in the group
`tonecast.model_families` whose object is the family: it is imported once it is asked for.
"""

from __future__ import annotations

from importlib.metadata import EntryPoint, entry_points
from typing import Any

from ...plugin_core.errors import Error
from .autoencoder.family import CAE_FAMILY, CAFX_FAMILY
from .causal_family import CausalFamily
from .dynamics.family import DYNAMICS_FAMILY
from .family import ModelFamily
from .frame_family import FrameFamily
from .recurrent.family import RECURRENT_FAMILY
from .wavenet.family import CONVNET_FAMILY, LINEAR_FAMILY, WAVENET_FAMILY
from .wavenet.shaper import SHAPER_FAMILY

GROUP = "tonecast.model_families"

AnyFamily = ModelFamily[Any, Any]
AnyFrameFamily = FrameFamily[Any, Any]
AnyCausalFamily = CausalFamily[Any]

_families: dict[str, AnyFamily] = {}


def register(family: AnyFamily) -> None:
    """Make a family known. Raise tonecast.Error if another one has its name."""
    if _families.setdefault(family.name, family) is not family:
        raise Error(f"there are two model families named '{family.name}'; rename one of them")


def family_names() -> list[str]:
    """The names of all families in order, installed ones of other packages included."""
    return sorted({*_families, *entry_points(group=GROUP).names})


def find_family(name: str) -> AnyFamily:
    """The family of a name. Raise tonecast.Error, which names those there are."""
    if name not in _families:
        for entry in entry_points(group=GROUP, name=name):
            register(_loaded(entry))
    if name not in _families:
        raise Error(f"there is no model '{name}'; there is {', '.join(family_names())}")
    return _families[name]


def find_frame_family(name: str) -> AnyFrameFamily:
    """The family of a name, whose models play frames. Raise tonecast.Error if there is none."""
    family = find_family(name)
    if not isinstance(family, FrameFamily):
        raise Error(
            f"a {name} is causal and has no frames; models with frames are, for example, "
            f"{CAE_FAMILY.name} and {CAFX_FAMILY.name}"
        )
    return family


def find_causal_family(name: str) -> AnyCausalFamily:
    """The family of a name, whose models are causal. Raise tonecast.Error if there is none."""
    family = find_family(name)
    if not isinstance(family, CausalFamily):
        raise Error(f"a {name} plays frames and is not causal")
    return family


def _loaded(entry: EntryPoint) -> AnyFamily:
    package = entry.dist.name if entry.dist else entry.module
    try:
        family = entry.load()
    except Exception as error:  # whatever the other package trips over
        raise Error(f"the model '{entry.name}' of {package} cannot be loaded: {error}") from error
    if not isinstance(family, ModelFamily) or family.name != entry.name:
        raise Error(f"{entry.value} of {package} is not a model family named '{entry.name}'")
    return family


for _family in (
    CAE_FAMILY,
    CAFX_FAMILY,
    WAVENET_FAMILY,
    CONVNET_FAMILY,
    LINEAR_FAMILY,
    SHAPER_FAMILY,
    RECURRENT_FAMILY,
    DYNAMICS_FAMILY,
):
    register(_family)
