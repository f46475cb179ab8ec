"""NAM's own core, built beside ours from a checkout of NeuralAmpModelerCore.

TONECAST_NAM_CORE names the folder of the checkout. It needs Eigen, among its Dependencies or
installed. Nothing of it is part of this project.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ...plugin_core.samples import Samples

DRIVER = Path(__file__).with_name("nam_core.cpp")
FLAGS = ("-O3", "-march=native", "-std=c++20", "-DNDEBUG", "-DNAM_ENABLE_A2_FAST", "-w")
EIGEN = Path("/usr/include/eigen3")


@dataclass(frozen=True)
class NamCore:
    """A build of it, and what it is."""

    program: Path
    version: str

    def play(
        self, path: Path, sound: Samples, block_samples: int, fast: bool, size: float | None = None
    ) -> tuple[Samples, NDArray[np.float64]]:
        """What a `.nam` file makes of a sound [n], and how long each block took, in µs.

        `fast` is its own setting of an approximated tanh, `size` that of a slimmable model.
        """
        with tempfile.TemporaryDirectory() as folder:
            source, out, times = (Path(folder, name) for name in ("in", "out", "times"))
            sound.astype(np.float32).tofile(source)
            how = "fast" if fast else "exact"
            numbers = (str(-1.0 if size is None else size), str(block_samples))
            subprocess.run([self.program, path, how, *numbers, source, out, times], check=True)
            return np.fromfile(out, np.float32), np.fromfile(times, np.float64)


def build() -> NamCore | None:
    """The core in the folder that TONECAST_NAM_CORE names; nothing without it."""
    folder = os.environ.get("TONECAST_NAM_CORE")
    if not folder:
        return None
    root = Path(folder)
    sources = sorted((root / "NAM").rglob("*.cpp"))
    eigen = root / "Dependencies" / "eigen"
    includes = [root, root / "Dependencies" / "nlohmann", eigen if any(eigen.glob("*")) else EIGEN]
    commit = _commit(root, sources)
    program = Path(tempfile.gettempdir(), f"tonecast-nam-core-{_digest(sources)}")
    if not program.exists():
        with tempfile.TemporaryDirectory() as objects:
            compile_one = ["c++", *FLAGS, *(f"-I{include}" for include in includes), "-c"]
            for source in (DRIVER, *sources):
                name = str(source.relative_to(source.anchor)).replace("/", "_")
                subprocess.run([*compile_one, source, "-o", Path(objects, f"{name}.o")], check=True)
            built = Path(objects, "nam_core")
            subprocess.run(["c++", *Path(objects).glob("*.o"), "-o", built], check=True)
            built.replace(program)
    return NamCore(program, f"NeuralAmpModelerCore {commit}, {' '.join(FLAGS[:2])}")


def _digest(sources: list[Path]) -> str:
    content = b"".join(path.read_bytes() for path in (DRIVER, *sources))
    return hashlib.sha256(content + " ".join(FLAGS).encode()).hexdigest()[:12]


def _commit(root: Path, sources: list[Path]) -> str:
    """Of a checkout its commit; of an archive the hash of its sources."""
    found = subprocess.run(
        ["git", "-C", root, "describe", "--always"], capture_output=True, text=True, check=False
    )
    return found.stdout.strip() if found.returncode == 0 else f"(sources {_digest(sources)})"
