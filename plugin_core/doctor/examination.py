"""All checks, one after the other; none can stop the others."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict

from . import effects, engine, extras, folders, package, plugins, priority, sound
from .finding import Finding, of_error

LONGEST_S = 60.0  # of a check: a sound server may never answer

# What they load may end the process, so they have one of their own.
ISOLATED: dict[str, Callable[[], list[Finding]]] = {
    "engine": engine.engine,
    "ONNX Runtime": engine.onnxruntime,
    "effects": effects.effects,
    "devices": sound.devices,
}
# In the order of the report.
CHECKS: dict[str, Callable[[], list[Finding]]] = {
    "tonecast": package.package,
    "Python": package.python,
    "packages": package.dependencies,
    **{topic: ISOLATED[topic] for topic in ("engine", "ONNX Runtime", "effects")},
    "home": folders.data_folder,
    "sound servers": sound.servers,
    "devices": ISOLATED["devices"],
    "real time": priority.real_time,
    "processor": priority.clock,
    "plugin": plugins.plugins,
    "extras": extras.extras,
}


def examine() -> Iterator[Finding]:
    """What every check finds, as soon as it is known."""
    for topic, check in CHECKS.items():
        if topic in ISOLATED and sys.executable:
            yield from _in_a_process_of_its_own(topic)
        else:
            yield from _run(topic, check)


def _run(topic: str, check: Callable[[], list[Finding]]) -> list[Finding]:
    try:
        return check()
    except Exception as error:  # whatever is broken here is worth a line, and the others go on
        said = of_error(topic, "broken", error)
        kind = type(error).__name__
        return [Finding(topic, "broken", f"could not be looked at: {kind}: {said.text}")]


def _in_a_process_of_its_own(topic: str) -> list[Finding]:
    """The path is handed down, so that it finds what this process finds."""
    code = (
        f"import sys; sys.path[:] = {sys.path!r}; "
        f"from tonecast.plugin_core.doctor.examination import answer; answer({topic!r})"
    )
    try:
        child = subprocess.run(
            [sys.executable, "-c", code],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=LONGEST_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return [Finding(topic, "broken", f"did not answer within {LONGEST_S:.0f} s")]
    except OSError as error:
        return [of_error(topic, "broken", error)]
    try:
        answered = json.loads(child.stdout.splitlines()[-1])
        return [Finding(**finding) for finding in answered]
    except (IndexError, TypeError, ValueError):
        how = _how_it_ended(child.returncode)
        remedy = engine.REMEDIES.get(topic, "")
        return [Finding(topic, "broken", f"its process {how} while it was looked at", remedy)]


def _how_it_ended(code: int) -> str:
    if code >= 0:
        return f"ended with exit code {code}"
    try:
        return f"was ended by {signal.Signals(-code).name}"
    except ValueError:
        return f"was ended by signal {-code}"


def answer(topic: str) -> None:
    """Print what a check finds as the last line: the child's side.

    Ends at once: what a library does when it is unloaded is nobody's business here.
    """
    findings = _run(topic, ISOLATED[topic])
    print("\n" + json.dumps([asdict(finding) for finding in findings]), flush=True)
    os._exit(0)
