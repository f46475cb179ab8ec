"""Duration of a callback: an effect driven as by a sound card, measured in its own process.

The measuring process preloads the allocation counter, so that allocations by ONNX Runtime on the
audio thread are counted like those by the engine.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Literal

from .. import _engine
from ..effect_files.catalog import EffectEntry, find_effect, installed_effects
from ..effect_files.contract import Contract
from ..effect_files.loading import Backend, Device
from ..effects.automation import ParameterValue
from ..effects.parameters import EffectParameters
from ..errors import Error

Mode = Literal["inline", "worker"]

BLOCKS = (16, 32, 64, 128, 256, 512, 1024, 2048, 4096)
MAX_BLOCK_SAMPLES = 65536
IDENTITY = "identity"  # the engine around a model that returns every frame unchanged
IDENTITY_FRAMES = "resonance-eq"  # the effect whose frames and rates it plays
NOTHING = "nothing"  # empty callbacks: the machine's wake-up latency
PYTHON: Literal["python+onnxruntime"] = "python+onnxruntime"
COUNTER = Path(_engine.__file__).parent / "libtonecast_count_allocations.so"


@dataclass(frozen=True)
class Case:
    """What one row measures. `effect` is a name, a path, IDENTITY or NOTHING."""

    effect: str
    backend: Backend | Literal["python+onnxruntime"]
    mode: Mode
    block: int  # samples
    rate_hz: int
    channels: int
    duration_s: float  # of audio
    paced: bool  # in real time; else free-running
    settings: Mapping[str, ParameterValue] = field(default_factory=dict)  # other than the defaults
    hop_size_samples: int = 0  # at the model's rate; 0 is the contract's default
    needs_us: float = 0.0  # of NOTHING: how long a callback is assumed to take
    device: Device = "cpu"


@dataclass(frozen=True)
class Row:
    """The result, over all callbacks so far: none is trimmed.

    A miss is a block that was not finished when the next one was due; an overrun is a callback that
    by itself took longer than its block lasts. Misses without an overrun come from wake-up latency
    or from overruns before them. None where something is unknown: allocations without the counter,
    wake-up latency of a free-running thread.
    """

    effect: str
    backend: str
    device: str  # "cuda" where a GPU played to the end
    mode: str
    block: int
    rate_hz: int
    channels: int
    paced: bool
    callbacks: int
    p50_us: float
    p99_us: float
    p999_us: float
    max_us: float
    budget_us: float  # duration of a block
    budget_share: float  # p999_us / budget_us
    misses: int
    overruns: int
    skipped_blocks: int  # due while an earlier one was still being played; misses as well
    frames: int | None  # None for the Python baseline, which does not count them
    late_frames: int
    bad_frames: int
    predictions: int
    late_predictions: int
    bad_predictions: int
    longest_prediction_us: float
    allocations: int | None  # on the audio thread, in any library
    frees: int | None
    latency_samples: int
    latency_ms: float
    wake_p50_us: float | None  # wake-up latency: from when a block was due to its callback's start
    wake_p99_us: float | None
    wake_p999_us: float | None
    wake_max_us: float | None
    missed_start_deadlines: int | None  # started too late for a callback of Case.needs_us
    priority: bool  # the audio thread had real-time priority (SCHED_FIFO)
    settings: Mapping[str, ParameterValue]
    fallback_reasons: Sequence[str]  # why models ran on the CPU that were to run on a GPU


def plan(
    effects: Sequence[str],
    blocks: Sequence[int],
    rate_hz: int,
    channels: int,
    modes: Sequence[Mode],
    duration_s: float,
    paced: bool,
    against_python: bool,
    settings: Mapping[str, ParameterValue] | None = None,
    backend: Backend = "auto",
    hop_size_samples: int = 0,
    device: Device = "cpu",
) -> list[Case]:
    """All cases to measure, effect after effect. Raise tonecast.Error for impossible ones."""
    if not paced and "worker" in modes:
        raise Error(
            "free-running, the worker's frames are late by construction; "
            "measure it with --paced, or --mode inline"
        )
    settings = settings or {}
    if settings and against_python:
        raise Error("the Python baseline plays with default controls only; leave out --set")
    cases = []
    for effect in effects or playable_effects():
        if effect == NOTHING and not paced:
            raise Error(f"{NOTHING!r} measures wake-up latency; use --paced")
        entry = None if effect == NOTHING else find_played(effect)
        if entry is not None:
            check_settings(entry, settings)
        drive = (rate_hz, channels, duration_s, paced, settings if entry else {})
        for mode in modes[:1] if effect == NOTHING else modes:
            for block in blocks:
                how = (effect, backend, mode, block, *drive, hop_size_samples)
                cases.append(Case(*how, device=device))
        if against_python and entry is not None and effect != IDENTITY:
            if rate_hz not in entry.files:
                rates = " or ".join(str(rate) for rate in sorted(entry.files))
                raise Error(
                    f"the Python baseline plays {effect} at {rates} Hz only; choose that with "
                    f"--rate, or leave out --against-python"
                )
            for block in blocks:
                cases.append(
                    Case(effect, PYTHON, "inline", block, rate_hz, channels, duration_s, paced)
                )
    return cases


def check_settings(entry: EffectEntry, settings: Mapping[str, ParameterValue]) -> None:
    """Raise tonecast.Error where the effect refuses these settings."""
    try:
        EntryParameters(entry, settings)
    except (TypeError, ValueError) as error:
        raise Error(str(error)) from None


class EntryParameters(EffectParameters):
    """Sets the parameters of an engine that plays this effect."""

    def __init__(
        self, entry: EffectEntry, settings: Mapping[str, ParameterValue], device: Device = "cpu"
    ) -> None:
        self._device = device
        self._start(entry.name, entry.controls, settings)

    def apply(self, engine: _engine.Engine) -> None:
        """Set all parameters."""
        self._connect(engine)


def playable_effects() -> list[str]:
    """Names of the installed effects, predictors excluded."""
    return [name for name, entry in installed_effects().items() if entry.contract.kind == "effect"]


def find_played(effect: str) -> EffectEntry:
    """The effect whose frames are played: for IDENTITY, IDENTITY_FRAMES."""
    entry = find_effect(IDENTITY_FRAMES if effect == IDENTITY else effect)
    if entry.contract.kind != "effect":
        raise Error(f"{entry.name} is a predictor: it makes no sound by itself")
    return entry


def find_file(case: Case) -> tuple[Path, Contract]:
    """The file played at the case's rate, and its contract."""
    entry = find_played(case.effect)
    model_rate_hz = entry.rate_hz_for(case.rate_hz)
    return entry.files[model_rate_hz], entry.contracts[model_rate_hz]


def command(case: Case) -> list[str]:
    """The process that measures a case, as `subprocess` starts it."""
    return [
        sys.executable,
        "-m",
        "tonecast.plugin_core.callback_benchmark.process",
        json.dumps(asdict(case)),
    ]


def measure(case: Case) -> Iterator[Row]:
    """Measure in a separate process. Yields the row so far, a few times a second.

    Raise tonecast.Error where the case cannot be played.
    """
    environment = {**os.environ, "PYTHONSAFEPATH": "1"}
    if COUNTER.exists():
        preloaded = environment.get("LD_PRELOAD")
        environment["LD_PRELOAD"] = f"{COUNTER}:{preloaded}" if preloaded else str(COUNTER)
    with tempfile.TemporaryFile("w+") as errors:
        child = subprocess.Popen(
            command(case),
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            start_new_session=True,  # Ctrl-C reaches this process only: the row so far is kept
        )
        assert child.stdout is not None
        try:
            for line in child.stdout:
                message = json.loads(line)
                if "error" in message:
                    raise Error(message["error"])
                yield Row(**message)
            if child.wait() != 0:
                errors.seek(0)
                last = errors.read().strip().splitlines()[-1:] or ["no reason given"]
                raise Error(f"measuring {case.effect} failed: {last[0]}")
        finally:
            child.kill()
            child.wait()
            child.stdout.close()
