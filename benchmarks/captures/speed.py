"""What captures cost, beside NAM's own core.

    TONECAST_NAM_CORE=folder python -m tonecast.benchmarks.captures.speed [FILE.nam …]

It writes results/CAPTURES.md, and without files takes those of ../shared/captures. Without the
folder, a checkout of NeuralAmpModelerCore, there are our own figures alone.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ...plugin_core import _engine
from ...plugin_core.samples import Samples
from .. import machine
from .nam_core import NamCore, build

RATE_HZ = 48000
BLOCK = 64
BUDGET_US = 1e6 * BLOCK / RATE_HZ
BLOCKS = (1, 4, 16, 32, 64, 128, 480, 1024)
ROUNDS = 5
TRIES = 8  # other programs, and other guests of the machine, interrupt the longer ones
SECONDS = 3
SHARED = machine.ROOT.parent / "shared" / "captures"
NAMES = {
    "wavenet_a1_standard.nam": "A1 standard",
    "A2.nam": "A2 full",
    "made_nano.nam": "A1 nano",
    "made_lstm_1x16.nam": "LSTM 1 × 16",
    "lstm.nam": "LSTM 1 × 3",
}
LARGEST = "A2.nam"  # a container, whose smallest network is A2 lite

PAGE = """# Captures: what they cost

`python -m tonecast.benchmarks.captures.speed` writes this page. {head}

## Blocks of {block} samples

µs a block of {block} samples, mono, at {rate} Hz, which lasts {budget:.0f} µs: median (p99) of
{rounds} rounds of {seconds} s, in which all take turns on one core. Activations of ours are exact;
NAM's core has a setting for an approximated tanh ("fast"). "Difference" is the largest between our
samples and those of NAM's exact setting, full scale 1; an LSTM whose file states no sample rate is
played less silence by NAM before it begins, and differs until that has passed.

{costs}

{ratios}

## Blocks of other sizes

µs a sample, median, {fastest}.

{blocks}

## Instances

Stereo instances of {instance} that one core plays within a callback of {block} samples, one after
the other, called from Python, within {budget:.0f} µs: **{at_median}** at the median, and
**{instances}** in 999 of 1000 callbacks, in the quietest of {tries} tries. Between the two lies
what interrupts this machine.

*{stamp}*
"""


@dataclass(frozen=True)
class Case:
    """A capture, and one of its sizes."""

    label: str
    path: Path
    size: float | None = None
    times: dict[str, list[NDArray[np.float64]]] = field(default_factory=dict)

    def add(self, player: str, times_us: Sequence[float] | NDArray[np.float64]) -> None:
        """Keep what a round took."""
        self.times.setdefault(player, []).append(np.asarray(times_us))

    def quantile(self, player: str, share: float) -> float:
        """Of all rounds, in µs."""
        return float(np.quantile(np.concatenate(self.times[player]), share))


def main(paths: list[Path]) -> None:
    """Measure, and write the page."""
    machine.use_one_core()
    cases = _cases(paths)
    if not cases:
        sys.exit("there are no captures in ../shared/captures; name some .nam files")
    core = build()
    sound = _sound()
    differences = {case.label: _difference(case, core, sound) for case in cases} if core else {}
    for _ in range(ROUNDS):
        for case in cases:
            _play_in_turns(case, core, sound)
    page = machine.ROOT / "benchmarks" / "results" / "CAPTURES.md"
    stamp = f"{date.today().isoformat()}, {machine.describe()}"
    instance = next((case for case in cases if case.label == "A2 full"), cases[0])
    page.write_text(
        PAGE.format(
            head=core.version + " plays beside." if core else "NAM's core was not there.",
            block=BLOCK,
            rate=RATE_HZ,
            budget=BUDGET_US,
            rounds=ROUNDS,
            seconds=SECONDS,
            costs=_costs(cases, core, differences),
            ratios=_ratios(cases) if core else "",
            fastest=_sets()[0],
            blocks=_blocks(cases),
            instance=instance.label,
            tries=TRIES,
            at_median=_instances(instance, 0.5),
            instances=_instances(instance, 0.999),
            stamp=stamp,
        )
    )
    print(page.read_text())


def _cases(paths: list[Path]) -> list[Case]:
    if paths:
        return [Case(path.stem, path) for path in paths]
    cases = []
    for name, label in NAMES.items():
        if (SHARED / name).exists():
            cases.append(Case(label, SHARED / name))
            if name == LARGEST:
                cases.append(Case("A2 lite", SHARED / name, 0.0))
    return cases


def _sets() -> list[str]:
    return _engine.testing.instruction_sets()


def _sound() -> Samples:
    """Simulated: noise at −12 dB whose level moves."""
    drawn = np.random.default_rng(1).uniform(-0.25, 0.25, SECONDS * RATE_HZ)
    moves = 0.5 + 0.5 * np.sin(2 * np.pi * 2 * np.arange(len(drawn)) / RATE_HZ)
    return (drawn * moves).astype(np.float32)


def _model(case: Case, instruction_set: str = "") -> _engine.Model:
    return _engine.Model(case.path, instruction_set=instruction_set)


def _controls(case: Case) -> dict[str, float]:
    return {} if case.size is None else {"size": case.size}


def _difference(case: Case, core: NamCore, sound: Samples) -> float:
    theirs, _ = core.play(case.path, sound, BLOCK, fast=False, size=case.size)
    engine = _engine.Engine(_model(case))
    engine.prepare(RATE_HZ, 1)
    for name, value in _controls(case).items():
        engine.set_control(name, value)
    ours = np.empty((1, len(sound)), np.float32)
    engine.process(sound[None], ours)
    return float(np.abs(ours[0, : len(theirs)] - theirs).max())


def _play_in_turns(case: Case, core: NamCore | None, sound: Samples) -> None:
    for fast in (False, True) if core else ():
        assert core is not None
        _, took_us = core.play(case.path, sound, BLOCK, fast, case.size)
        case.add("NAM fast" if fast else "NAM exact", took_us)
    for name in _sets():
        model = _model(case, name)
        case.add(name, _engine.testing.time_blocks(model, sound[None], BLOCK, _controls(case)))


def _costs(cases: list[Case], core: NamCore | None, differences: dict[str, float]) -> str:
    players = [*(("NAM exact", "NAM fast") if core else ()), *_sets()]
    rows = [
        f"| | {' | '.join(players)} | difference |",
        f"|---|{'---:|' * (len(players) + 1)}",
    ]
    for case in cases:
        cells = (f"{case.quantile(p, 0.5):.1f} ({case.quantile(p, 0.99):.1f})" for p in players)
        difference = f"{differences[case.label]:.1e}" if differences else ""
        rows.append(f"| {case.label} | {' | '.join(cells)} | {difference} |")
    return "\n".join(rows)


def _ratios(cases: list[Case]) -> str:
    rows = [
        "Of NAM's time, medians of the same run:",
        "",
        f"| | {' | '.join(f'{s} / exact | {s} / fast' for s in _sets())} |",
        f"|---|{'---:|' * (2 * len(_sets()))}",
    ]
    for case in cases:
        cells = []
        for name in _sets():
            ours = case.quantile(name, 0.5)
            cells += [f"{ours / case.quantile(f'NAM {how}', 0.5):.2f}" for how in ("exact", "fast")]
        rows.append(f"| {case.label} | {' | '.join(cells)} |")
    return "\n".join(rows)


def _blocks(cases: list[Case]) -> str:
    rows = [
        f"| block | {' | '.join(case.label for case in cases)} |",
        f"|---:|{'---:|' * len(cases)}",
    ]
    sound = _sound()[None, :RATE_HZ]
    models = [_model(case) for case in cases]
    for block in BLOCKS:
        cells = []
        for case, model in zip(cases, models, strict=True):
            took_us = _engine.testing.time_blocks(model, sound, block, _controls(case))
            cells.append(f"{np.median(took_us) / block:.3f}")
        rows.append(f"| {block} | {' | '.join(cells)} |")
    return "\n".join(rows)


def _instances(case: Case, share: float) -> int:
    """Found by bisection; each step plays two seconds."""
    model = _model(case)
    sound = np.vstack([_sound(), _sound()])[:, : 2 * RATE_HZ]
    blocks = [np.ascontiguousarray(sound[:, at : at + BLOCK]) for at in range(0, 96000, BLOCK)]
    engines: list[_engine.Engine] = []
    out = np.empty((2, BLOCK), np.float32)

    def took_us(count: int) -> float:
        took_ns = []
        for block in blocks:
            start = time.perf_counter_ns()
            for engine in engines[:count]:
                engine.process(block, out)
            took_ns.append(time.perf_counter_ns() - start)
        return float(np.quantile(took_ns, share)) / 1000

    def fits(count: int) -> bool:
        while len(engines) < count:
            engines.append(_engine.Engine(model))
            engines[-1].prepare(RATE_HZ, 2)
        return any(took_us(count) < BUDGET_US for _ in range(TRIES))

    low, high = 0, 1
    while fits(high):
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if fits(middle) else (low, middle)
    return low


if __name__ == "__main__":
    main([Path(argument) for argument in sys.argv[1:]])
