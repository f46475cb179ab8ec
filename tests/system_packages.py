"""What tests need of the system, and the Debian package that brings it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable
from ctypes.util import find_library
from functools import cache
from pathlib import Path

import pytest

PACKAGE_OF = {  # of a program, a library ("lib…"), a header, or JUCE
    "JUCE": "juce-modules-source",
    "Xvfb": "xvfb",
    "aarch64-linux-gnu-g++": "g++-aarch64-linux-gnu",
    "chromium": "chromium",
    "cmake": "cmake",
    "ffmpeg": "ffmpeg",
    "jackd": "jackd2",
    "jack.h": "libjack-jackd2-dev",
    "jack_wait": "jackd2",
    "jalv": "jalv",
    "libjack": "jackd2",
    "libportaudio": "libportaudio2",
    "lv2ls": "lilv-utils",
    "ninja": "ninja-build",
    "openssl": "openssl",
    "qemu-aarch64": "qemu-user",
    "strace": "strace",
}
PLUGIN = ("JUCE", "jack.h", "cmake", "ninja")
BUILD_PLUGIN = "make plugin"


def needs(*names: str) -> pytest.MarkDecorator:
    """Skips a test where one of these is missing; the reason names the packages."""
    command = install(*names)
    return pytest.mark.skipif(bool(command), reason=f"needs {command}")


def install(*names: str) -> str:
    """The command that installs which of them are missing; empty if none is."""
    packages = {PACKAGE_OF[name] for name in names if not is_there(name)}
    return f"apt-get install {' '.join(sorted(packages))}" if packages else ""


@cache
def is_there(name: str) -> bool:
    """Whether the system has it."""
    if name == "JUCE":
        return any(any(Path("/usr").glob(f"{lib}/cmake/JUCE-*")) for lib in ("lib/*", "local/lib"))
    if name == "jack.h":
        return any(Path("/usr", local, "include/jack/jack.h").exists() for local in ("", "local"))
    if name.startswith("lib"):
        return find_library(name.removeprefix("lib")) is not None
    return shutil.which(name) is not None


def plugin_is_missing(reason: str) -> str:
    """Why a test of the plugin is skipped, with what to do about it."""
    steps = [command for command in (install(*PLUGIN), BUILD_PLUGIN) if command]
    return f"{reason}: {' && '.join(steps)}"


def remedy(reasons: Iterable[str]) -> str:
    """One line for the end of a run: what would bring the tests that were skipped so; or empty."""
    count, packages, plugin = 0, set[str](), False
    for reason in reasons:
        found = re.findall(r"apt-get install ([^&]+)", reason)
        packages.update(name for names in found for name in names.split())
        plugin |= BUILD_PLUGIN in reason
        count += bool(found) or BUILD_PLUGIN in reason
    steps = [f"sudo apt-get install {' '.join(sorted(packages))}"] if packages else []
    steps += [BUILD_PLUGIN] if plugin else []
    return f"{count} skipped tests would run after: {' && '.join(steps)}" if steps else ""
