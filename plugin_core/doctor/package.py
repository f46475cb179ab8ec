"""The package itself: its version, its Python, and the packages that it needs."""

from __future__ import annotations

import platform
from importlib.metadata import Distribution, PackageNotFoundError, distributions, version
from pathlib import Path

from packaging.requirements import Requirement

from .finding import Finding

NAME = "tonecast"
# Of these one is enough: both bring the same module.
INSTEAD = {"onnxruntime": "onnxruntime-gpu"}


def package() -> list[Finding]:
    """Which Tonecast runs, and whether another one is installed beside it."""
    from .. import __file__ as here

    place = Path(here).resolve().parent
    found = _all_installed(NAME)
    if not found:
        text = f"it runs from {place}, but is not installed"
        return [Finding(NAME, "broken", text, f"pip install {NAME}")]
    versions = [f"{one.version} in {where}" for where, one in found.items()]
    if len(versions) > 1:
        text = f"{len(versions)} versions are installed at once: {', '.join(versions)}"
        again = f"pip uninstall {NAME}, until none is left; then pip install {NAME}"
        return [Finding(NAME, "broken", text, again)]
    return [Finding(NAME, "works", f"{next(iter(found.values())).version}, {place}")]


def python() -> list[Finding]:
    """The interpreter and the system: whoever is asked for help asks for them first."""
    machine = f"{platform.system()} {platform.release()} {platform.machine()}"
    libc = " ".join(platform.libc_ver())
    return [Finding("Python", "works", f"{platform.python_version()}, {machine} {libc}".strip())]


def dependencies() -> list[Finding]:
    """Whether what Tonecast needs is there, and new enough."""
    lacking = [one for one in requirements() if problem(one)]
    if not lacking:
        return [Finding("packages", "works", "all that are needed are there")]
    install = "pip install " + " ".join(f"'{one.name}{one.specifier}'" for one in lacking)
    text = "; ".join(problem(one) for one in lacking)
    return [Finding("packages", "broken", text, install)]


def requirements(extra: str = "") -> list[Requirement]:
    """What an extra adds, or what is always needed; without what this machine has no need of."""
    installed = next(iter(_all_installed(NAME).values()))
    parsed = [Requirement(line) for line in installed.requires or []]
    return [
        one
        for one in parsed
        if one.name != NAME
        and ("extra" in str(one.marker or "")) == bool(extra)
        and (one.marker is None or one.marker.evaluate({"extra": extra}))
    ]


def problem(requirement: Requirement) -> str:
    """What is wrong with a requirement, or ""."""
    for name in (requirement.name, INSTEAD.get(requirement.name, "")):
        try:
            there = version(name) if name else ""
        except PackageNotFoundError:
            continue
        if there and not requirement.specifier.contains(there, prereleases=True):
            return f"{name} is {there}, not {requirement.specifier}"
        if there:
            return ""
    return f"{requirement.name} is not installed"


def _all_installed(name: str) -> dict[Path, Distribution]:
    """By the folder that each is in: a folder may be on the path several times."""
    found: dict[Path, Distribution] = {}
    for one in distributions(name=name):
        found.setdefault(Path(str(one.locate_file(""))).resolve(), one)
    return found
