"""What we write as .nam plays in NAM's own core as it does here.

TONECAST_NAM_CORE names the folder of a checkout of NeuralAmpModelerCore, which is built for it.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest
import tonecast
from made_captures import CAPTURES
from tonecast.benchmarks.captures.nam_core import NamCore, build
from tonecast.models.capture_files.importing import import_capture
from tonecast.models.capture_files.nam import write_nam

pytestmark = pytest.mark.skipif(
    "TONECAST_NAM_CORE" not in os.environ, reason="TONECAST_NAM_CORE names no checkout"
)
SHARED = Path(__file__).parents[4] / "shared" / "captures"


@pytest.fixture(scope="module")
def core() -> NamCore:
    built = build()
    assert built is not None
    return built


def differs(core: NamCore, source: Path, folder: Path) -> float:
    import_capture(source, folder / "made.onnx")
    write_nam(folder / "made.onnx", folder / "written.nam")
    sound = np.random.default_rng(1).uniform(-0.4, 0.4, 6400).astype(np.float32)
    theirs, _ = core.play(folder / "written.nam", sound, 64, fast=False)
    ours = tonecast.Effect(source)(sound[None], 48000)[0]
    return float(np.abs(ours - theirs).max() / max(1.0, np.abs(ours).max()))


@pytest.mark.parametrize("name", CAPTURES)
def test_made_up_captures_play_there_as_here(name: str, core: NamCore, tmp_path: Path) -> None:
    source = tmp_path / "source.nam"
    source.write_text(json.dumps(CAPTURES[name]))
    assert differs(core, source, tmp_path) < 1e-5


@pytest.mark.parametrize("source", sorted(SHARED.glob("*.nam")), ids=lambda path: path.stem)
def test_captures_play_there_as_here(source: Path, core: NamCore, tmp_path: Path) -> None:
    limit = 1e-4 if source.stem == "made_nano" else 2e-5  # see test_captures.py
    assert differs(core, source, tmp_path) < limit
