"""What keeps other programs from making a live effect late."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from .finding import Finding

PRIORITY = 10  # what a JACK server gives its clients unless it is told otherwise
LIMITS = "/etc/security/limits.d/audio.conf"
ALLOW = (
    rf"printf '@audio - rtprio 95\n@audio - memlock unlimited\n' | sudo tee {LIMITS}; "
    'sudo usermod -aG audio "$USER"; then log in again'
)
GOVERNOR = Path("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor")


def real_time() -> list[Finding]:
    """Whether model and predictor may run before ordinary programs: by asking for it."""
    if not hasattr(os, "sched_setscheduler"):  # Windows and macOS give it to audio threads
        return []
    memory = f"memory that may be locked: {_lockable_memory()}"
    policy, parameters = os.sched_getscheduler(0), os.sched_getparam(0)
    try:
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(PRIORITY))
    except OSError:
        text = (
            "the system gives no real-time priority, so other programs may make a live effect "
            f"late ({memory})"
        )
        return [Finding("real time", "limited", text, ALLOW)]
    os.sched_setscheduler(0, policy, parameters)
    return [Finding("real time", "works", f"priority {PRIORITY} is given; {memory}")]


def clock() -> list[Finding]:
    """Whether the processor's clock is slow to rise, which makes small blocks late."""
    if not sys.platform.startswith("linux") or not GOVERNOR.exists():
        return []
    governor = GOVERNOR.read_text().strip()
    driver = GOVERNOR.with_name("scaling_driver").read_text().strip()
    text = f"its clock is governed by {governor!r} ({driver})"
    by_itself = driver.startswith(("intel_pstate", "amd-pstate-epp", "amd_pstate_epp"))
    if governor in ("powersave", "conservative") and not by_itself:
        text += ", which is slow to rise: small blocks may be late"
        return [Finding("processor", "limited", text, "sudo cpupower frequency-set -g performance")]
    return [Finding("processor", "works", text)]


def _lockable_memory() -> str:
    import resource

    limit, _ = resource.getrlimit(resource.RLIMIT_MEMLOCK)
    return "all" if limit == resource.RLIM_INFINITY else f"{limit / 2**20:.0f} MiB"
