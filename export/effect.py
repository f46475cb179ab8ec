"""A PyTorch frame model as an effect file: graph, contract, and the evidence that they agree."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias, cast

import onnx
from torch import nn

from ..plugin_core.atomic_write import atomic_write
from ..plugin_core.effect_files.contract import Contract, ParityRecord, WholeRecord
from ..plugin_core.effect_files.loading import load_model
from ..plugin_core.effect_files.parity import graph_sha256, verify
from ..plugin_core.errors import Error
from .measure import measure
from .to_onnx import CausalModule, StateShapes, causal_to_onnx, to_onnx

METADATA_KEY = "tonecast.contract"

Prove: TypeAlias = Callable[[Contract, Path], tuple[WholeRecord, ...]]


def unmeasured(tolerance: float = 1e-5) -> ParityRecord:
    """Stand in for the parity record that the export will measure. Linear, full scale = 1."""
    return ParityRecord("", "", tolerance, 0.0, ())


def export_effect(
    module: nn.Module,
    state: StateShapes,
    contract: Contract,
    path: str | os.PathLike[str],
    prove: Prove | None = None,
) -> Contract:
    """Write `module` as an effect file and return its contract, parity record included.

    `contract` says what the file promises, with `unmeasured()` for its parity, whose tolerance is
    in dB for a filter effect; `module` and `state` are those of `to_onnx`, or `module` is a
    CausalModule, which knows its states, and `state` empty. The file appears at `path` once it has
    been read back, played by the engine and found to agree with PyTorch; until then, and after any
    failure, whatever was there stays. The same arguments give the same bytes. `prove` plays the
    file before that, and gives the record of the whole.

    Raise tonecast.Error if the engine refuses the file or plays it differently.
    """
    defaults = {control.name: control.default for control in contract.graph_controls}
    size, sounds = contract.frame_size_samples, (contract.sidechain, contract.channels)
    if contract.form == "causal":
        model = causal_to_onnx(cast(CausalModule, module), size, defaults, *sounds)
    else:
        output = "gain_db" if contract.form == "filter" else "frame_out"
        model = to_onnx(module, size, defaults, state, *sounds, output)
    return write_checked(model, module, state, contract, Path(path), prove)


def write_checked(
    model: onnx.ModelProto,
    module: nn.Module,
    state: StateShapes,
    contract: Contract,
    path: Path,
    prove: Prove | None = None,
) -> Contract:
    """Write a graph with its contract, as `export_effect` promises, if it does what `module` does.

    Raise tonecast.Error where it does not.
    """
    sha256 = graph_sha256(model.graph.SerializeToString(deterministic=True))
    contract = replace(contract, parity=replace(contract.parity, graph_sha256=sha256)).sealed()

    with atomic_write(path) as draft:
        try:
            _write(model, contract, draft)
            parity = measure(module, state, load_model(draft, "onnxruntime"), contract)
            if not parity.largest_difference <= parity.tolerance:  # NaN included
                raise Error(
                    f"{path}: ONNX Runtime and PyTorch differ by {parity.largest_difference:.3g}, "
                    f"more than the tolerance of {parity.tolerance:.3g}; not written"
                )
            contract = replace(contract, parity=parity).sealed()
            _write(model, contract, draft)
            if prove is not None:
                contract = replace(contract, whole=prove(contract, draft)).sealed()
                _write(model, contract, draft)
            report = verify(draft)
            if not report.passed:
                raise Error(f"{path}: not written. {' '.join(report.differences)}")
        except Error as error:
            raise Error(str(error).replace(str(draft), str(path))) from None
    return contract


def rewrite_contract(path: Path, contract: Contract) -> Contract:
    """Give an effect file another contract, its graph and parity record untouched; return it.

    Raise tonecast.Error, and leave the file as it was, if the engine refuses the new one or plays
    the graph differently from the record.
    """
    contract = contract.sealed()
    with atomic_write(path) as draft:
        try:
            _write(onnx.load(path), contract, draft)
            report = verify(draft)
            if not report.passed:
                raise Error(f"{path}: left as it was. {' '.join(report.differences)}")
        except Error as error:
            raise Error(str(error).replace(str(draft), str(path))) from None
    return contract


def _write(model: onnx.ModelProto, contract: Contract, path: Path) -> None:
    onnx.helper.set_model_props(model, {METADATA_KEY: contract.to_json()})
    path.write_bytes(model.SerializeToString(deterministic=True))
