"""Captures by other programs against a reader in NumPy, both in double precision."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="families need PyTorch: pip install 'tonecast[train]'")

from tonecast.models.capture_files.importing import read_network  # noqa: E402
from tonecast.plugin_core import _engine  # noqa: E402

SHARED = Path(__file__).parents[4] / "shared"
READER = SHARED / "prototypes" / "captures"
REFERENCES = sorted((SHARED / "captures").glob("*.ref.npy")) if READER.is_dir() else []
SAMPLES = 4000
# What loading computes, it rounds to float32: a batch normalisation, and gains in dB.
COMPUTED = {"made_convnet_bn": 1e-6, "made_aidax_lstm12": 1e-7}


@pytest.fixture
def reader(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(READER))
    return importlib.import_module("reader")


def capture_of(reference: Path) -> tuple[Path, float | None]:
    """The capture that a reference is of, and the size that it was played in."""
    stem, _, size = reference.name.removesuffix(".ref.npy").partition("_slim")
    path = next(reference.with_name(f"{stem}{suffix}") for suffix in (".nam", ".json")
                if reference.with_name(f"{stem}{suffix}").exists())  # fmt: skip
    return path, float(size) if size else None


def in_float32(value: Any) -> Any:
    """Numbers as a network has them, whatever decimals a file has."""
    if isinstance(value, dict):
        return {name: in_float32(one) for name, one in value.items()}
    if isinstance(value, list):
        return [in_float32(one) for one in value]
    return float(np.float32(value)) if isinstance(value, float) else value


@pytest.mark.parametrize("reference", REFERENCES, ids=lambda path: path.name.removesuffix(".npy"))
def test_networks_play_as_the_reader_does(reference: Path, reader: Any) -> None:
    path, size = capture_of(reference)
    network = read_network(_engine.Capture(path, 1.0 if size is None else size)).double()
    sound = np.load(SHARED / "captures" / "input.npy").ravel()[:SAMPLES].astype(float)
    with torch.no_grad():
        states = network.rested_states(1)
        out, _ = network(torch.from_numpy(sound[None]), [], states)
    capture = in_float32(reader.load(path))
    expected = reader.run(capture, sound, size, network.prewarm_samples)
    difference = np.abs(out.numpy()[0] - expected).max()
    assert difference < COMPUTED.get(path.stem, 1e-9)
