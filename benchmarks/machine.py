"""The machine that the figures were measured on."""

from __future__ import annotations

import os
import platform
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

from ..plugin_core.machine import processor_name

ROOT = Path(__file__).resolve().parents[1]


def describe() -> str:
    """Return one Markdown line: processor, system, versions, commit."""
    packages = ", ".join(f"{name} {version(name)}" for name in ("onnxruntime", "numpy"))
    return (
        f"{processor_name()}, {os.cpu_count()} logical cores, {platform.system()}, "
        f"Python {platform.python_version()}, {packages}, commit {_commit()}."
    )


def use_one_core() -> None:
    """Keep this process and its children on one core, where the system allows it."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


@contextmanager
def all_cores() -> Iterator[None]:
    """Allow all cores within the block, in spite of use_one_core()."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, range(os.cpu_count() or 1))
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def _commit() -> str:
    try:
        return subprocess.run(
            ["git", "-C", ROOT, "describe", "--always", "--dirty"],
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
