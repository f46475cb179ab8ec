"""What the figures were measured on."""

from __future__ import annotations

import os
import platform
import re
import subprocess
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def describe() -> str:
    """Return one Markdown line: processor, system, versions, commit."""
    packages = ", ".join(f"{name} {version(name)}" for name in ("onnxruntime", "numpy"))
    return (
        f"{_processor()}, {os.cpu_count()} logical cores, {platform.system()}, "
        f"Python {platform.python_version()}, {packages}, commit {_commit()}."
    )


def use_one_core() -> None:
    """Keep this process and its children on one core, where the system allows it."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def _processor() -> str:
    try:
        text = Path("/proc/cpuinfo").read_text()
    except OSError:
        return platform.processor() or platform.machine()
    model = re.search(r"^model name\s*:\s*(.+)$", text, re.MULTILINE)
    return model[1] if model else platform.machine()


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
