"""Effect files: where they are, and which one fits a sample rate.

Neither onnxruntime nor the PyTorch side of the project is imported.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from .. import _engine
from ..errors import Error
from .contract import Contract, Control


@dataclass(frozen=True)
class EffectEntry:
    """One effect: its files and their contracts by sample rate in Hz.

    Files of the same name differ in nothing but the rate that they were made for.
    """

    name: str
    files: Mapping[int, Path]
    contracts: Mapping[int, Contract]

    def rate_hz_for(self, host_rate_hz: int) -> int:
        """The rate of the file that is played at a host rate."""
        return _engine.fitting_rate(list(self.files), host_rate_hz)

    @property
    def contract(self) -> Contract:
        """The contract of the file that is played at 48 kHz."""
        return self.contracts[self.rate_hz_for(48000)]

    @property
    def controls(self) -> tuple[Control, ...]:
        """The controls, the same for all rates."""
        return self.contract.controls


@cache
def shipped_effects() -> Mapping[str, EffectEntry]:
    """The effects and predictors that come with tonecast, by name.

    Raise tonecast.Error if a file is broken.
    """
    models = find_spec("..models", __package__)  # finds the folder, runs nothing in it
    folders = models.submodule_search_locations if models else None
    found: dict[str, EffectEntry] = {}
    for path in sorted(path for f in folders or () for path in Path(f, "artifacts").glob("*.onnx")):
        entry = read_effect(path)
        same = found.get(entry.name)
        found[entry.name] = EffectEntry(
            entry.name,
            {**(same.files if same else {}), **entry.files},
            {**(same.contracts if same else {}), **entry.contracts},
        )
    return found


def is_path(name_or_path: str | os.PathLike[str]) -> bool:
    """Whether this names a file, and no shipped effect."""
    text = os.fspath(name_or_path)
    return (
        isinstance(name_or_path, os.PathLike)
        or text.endswith(".onnx")
        or Path(text).parent != Path()
    )


def find_effect(name_or_path: str | os.PathLike[str]) -> EffectEntry:
    """A shipped effect by name, or the file at a path. Raise tonecast.Error."""
    text = os.fspath(name_or_path)
    if is_path(name_or_path):
        return read_effect(Path(text))
    shipped = shipped_effects()
    if text not in shipped:
        names = [name for name, entry in shipped.items() if entry.contract.kind == "effect"]
        close = difflib.get_close_matches(text, names, n=1)
        meant = f"did you mean {close[0]!r}" if close else f"there is {', '.join(names)}"
        raise Error(
            f"no effect named {text!r} comes with tonecast; {meant}, or a path to an .onnx file?"
        )
    return shipped[text]


def read_effect(path: Path) -> EffectEntry:
    """The effect in a file. Raise tonecast.Error."""
    contract = Contract.from_json(_engine.EffectFile(str(path)).contract_json)
    rate_hz = contract.sample_rate_hz
    return EffectEntry(contract.name, {rate_hz: path}, {rate_hz: contract})
