"""NAM's own trainer beside ours.

TONECAST_NAM_TRAINER names a Python that has neural-amp-modeler installed. Nothing of it is part of
this project.
"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from ...models.capture_files.nam import nam_document
from ...models.families.causal import CausalNetwork

TIMER = Path(__file__).with_name("time_nam.py")
TRAINER = Path(__file__).with_name("train_nam.py")
VERSIONS = (
    "from importlib.metadata import version as v; "
    "print('neural-amp-modeler', v('neural-amp-modeler'), 'on PyTorch', v('torch'))"
)


@dataclass(frozen=True)
class NamTrainer:
    """An installation of it, and what it is."""

    python: str
    version: str

    def step_s(self, network: CausalNetwork, batch: int, samples: int, warm_samples: int) -> float:
        """How long a step takes forward and backward, in seconds of processor."""
        with tempfile.NamedTemporaryFile("w", suffix=".nam") as file:
            json.dump(nam_document(network), file)
            file.flush()
            sizes = (str(size) for size in (batch, samples, warm_samples))
            return float(_run(self.python, str(TIMER), file.name, *sizes))

    def train(self, folder: Path, minutes: float) -> None:
        """Train its default network on the pair in `folder`, as `train_nam.py` says."""
        subprocess.run([self.python, str(TRAINER), str(folder), f"{minutes:g}"], check=True)


def find() -> NamTrainer | None:
    """The installation that TONECAST_NAM_TRAINER names; nothing without it."""
    python = os.environ.get("TONECAST_NAM_TRAINER")
    return NamTrainer(python, _run(python, "-c", VERSIONS).strip()) if python else None


def _run(*command: str) -> str:
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return done.stdout
