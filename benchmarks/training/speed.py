"""What a training step costs through our kernels, beside PyTorch and NAM's trainer.

    TONECAST_NAM_TRAINER=python python -m tonecast.benchmarks.training.speed

It writes results/TRAINING.md. Without that Python, one that has neural-amp-modeler, the others are
measured alone.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from statistics import median
from typing import Any, Literal

import numpy as np
import torch

from ...models.families.causal import CausalNetwork
from ...models.families.recurrent.family import RecurrentSize
from ...models.families.recurrent.recurrent import Recurrent
from ...models.families.wavenet.family import WaveNetSize
from ...models.families.wavenet.wavenet import WaveNet
from ...plugin_core import _engine
from ...plugin_core.samples import Samples
from .. import machine
from .nam_trainer import NamTrainer, find

ROUNDS = 5
THREADS = (1, 2)
PYTORCH, NAM = "PyTorch", "NAM's trainer"
WANTED_SAMPLES = 8192
WARM_SAMPLES = 1024  # of a recurrent network; a WaveNet's are its past

PAGE = """# Training: what a step costs

`python -m tonecast.benchmarks.training.speed` writes this page. {head}

Thousands of samples that are learnt from, a second of one core: forward and backward, medians of
{rounds} rounds in which all take turns. Seconds are the processor's, of all threads together, so
that other programs change little. A batch has so many segments; of each, {wanted} samples are
learnt from, behind those that warm up. PyTorch computes the same network by its own operators and
autograd, on one thread.

{speeds}

Times the samples of others, the fastest instruction set on one thread; and by the clock, how much
faster two threads are than one:

{ratios}

*{stamp}, PyTorch {torch}*
"""


@dataclass(frozen=True)
class Case:
    """A network, and the segments that it learns from."""

    label: str
    network: CausalNetwork
    batch: int
    warm_samples: int
    seconds: dict[str, list[float]] = field(default_factory=dict)
    clock_s: dict[str, list[float]] = field(default_factory=dict)

    @property
    def samples(self) -> int:
        """Of a segment."""
        return self.warm_samples + WANTED_SAMPLES

    def speed(self, player: str) -> float:
        """Samples that are learnt from, a second of a core."""
        return self.batch * WANTED_SAMPLES / median(self.seconds[player])


def main() -> None:
    """Measure, and write the page."""
    torch.set_num_threads(1)
    torch.manual_seed(1)
    trainer = find()
    cases = [
        Case("WaveNet, A2 full", WaveNet(a2()), 4, WaveNet(a2()).prewarm_samples),
        Case("LSTM 1 × 16", _recurrent("lstm", 16, 1), 32, WARM_SAMPLES),
        Case("LSTM 2 × 32", _recurrent("lstm", 32, 2), 32, WARM_SAMPLES),
        Case("GRU 1 × 16", _recurrent("gru", 16, 1), 32, WARM_SAMPLES),
    ]
    for case in cases:
        steps = _steps(case, trainer)
        for round_number in range(1 + ROUNDS):
            for player, step_s in steps.items():
                begin_s = time.perf_counter()
                took_s = step_s()
                clock_s = time.perf_counter() - begin_s
                if round_number > 0:  # the first one finds its memory
                    case.seconds.setdefault(player, []).append(took_s)
                    case.clock_s.setdefault(player, []).append(clock_s)
    page = machine.ROOT / "benchmarks" / "results" / "TRAINING.md"
    page.write_text(
        PAGE.format(
            head=f"{trainer.version} learns beside." if trainer else "NAM's trainer was not there.",
            rounds=ROUNDS,
            wanted=WANTED_SAMPLES,
            speeds=_speeds(cases),
            ratios=_ratios(cases),
            stamp=f"{date.today().isoformat()}, {machine.describe().rstrip('.')}",
            torch=torch.__version__,
        )
    )
    print(page.read_text())


def a2() -> Mapping[str, Any]:
    """The shape of NAM's A2 full: its dilations three times, and two longer filters between."""
    network = WaveNetSize().network()
    (array,) = network["arrays"]
    layers = array["layers"]
    long = [{**layers[0], "kernel_size": 15, "dilation": dilation} for dilation in (1, 13)]
    return {**network, "arrays": [{**array, "layers": layers * 2 + long + layers}]}


def _recurrent(cell: Literal["lstm", "gru"], hidden_size: int, layers: int) -> Recurrent:
    return Recurrent(RecurrentSize(cell, hidden_size, layers, skip=False).network())


def _steps(case: Case, trainer: NamTrainer | None) -> dict[str, Callable[[], float]]:
    """What each of them takes for a step, in seconds of processor."""
    sound = 0.1 * np.random.default_rng(1).standard_normal((case.batch, case.samples))
    steps = {PYTORCH: _by_pytorch(case, sound.astype(np.float32))}
    if trainer and not case.label.startswith("GRU"):
        sizes = (case.batch, case.samples, case.warm_samples)
        steps[NAM] = lambda: trainer.step_s(case.network, *sizes)
    for instruction_set in _engine.training.instruction_sets():
        for threads in THREADS:
            name = _name(instruction_set, threads)
            steps[name] = _by_kernels(case, sound.astype(np.float32), instruction_set, threads)
    return steps


def _name(instruction_set: str, threads: int) -> str:
    return f"{instruction_set}, {threads} thread{'s' if threads > 1 else ''}"


def _by_pytorch(case: Case, sound: Samples) -> Callable[[], float]:
    dry, network = torch.from_numpy(sound), case.network

    def step_s() -> float:
        network.zero_grad()
        start = time.process_time()
        with torch.no_grad():
            states = network.reset_states(case.batch)
            if isinstance(network, Recurrent):
                _, states = network(dry[:, : case.warm_samples], [], states)
        begin = case.warm_samples if isinstance(network, Recurrent) else 0
        played = network(dry[:, begin:], [], states)[0][:, -WANTED_SAMPLES:]
        (0.5 * played.square().sum()).backward()
        return time.process_time() - start

    return step_s


def _by_kernels(
    case: Case, sound: Samples, instruction_set: str, threads: int
) -> Callable[[], float]:
    kind = {"wavenet": _engine.training.WaveNet, "recurrent": _engine.training.Recurrent}
    shape = json.dumps(case.network.network)
    learner = kind[case.network.architecture](shape, threads, instruction_set)
    weights = case.network.flat()

    def step_s() -> float:
        start = time.process_time()
        learner.backward(learner.forward(weights, sound, case.warm_samples))
        return time.process_time() - start

    return step_s


def _speeds(cases: list[Case]) -> str:
    sets = _engine.training.instruction_sets()
    names = [_name(name, threads) for name in sets for threads in THREADS]
    players = [PYTORCH, *([NAM] if NAM in cases[0].seconds else []), *names]
    rows = [f"| | batch | {' | '.join(players)} |", f"|---|---:|{'---:|' * len(players)}"]
    for case in cases:
        cells = (f"{case.speed(p) / 1000:.0f}" if p in case.seconds else "" for p in players)
        rows.append(f"| {case.label} | {case.batch} | {' | '.join(cells)} |")
    return "\n".join(rows)


def _ratios(cases: list[Case]) -> str:
    fastest, on_two = (_name(_engine.training.instruction_sets()[0], n) for n in THREADS)
    others = [other for other in (PYTORCH, NAM) if other in cases[0].seconds]
    rows = [f"| | {' | '.join(others)} | two threads |", f"|---|{'---:|' * len(others)}---:|"]
    for case in cases:
        cells = (
            f"{case.speed(fastest) / case.speed(other):.1f} ×" if other in case.seconds else ""
            for other in others
        )
        gain = median(case.clock_s[fastest]) / median(case.clock_s[on_two])
        rows.append(f"| {case.label} | {' | '.join(cells)} | {gain:.2f} × |")
    return "\n".join(rows)


if __name__ == "__main__":
    main()
