"""What a user allows an effect to cost, and the rungs that keep to it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from ....export.cost import core_share
from ....plugin_core import Effect
from ....plugin_core.errors import Error
from ...data.pair.pair import Pair
from ...release.checkpoint import export_checkpoint
from ...training.checkpoint import Checkpoint
from .config import config_for
from .rungs import Rung, rungs_for, rungs_of


@dataclass(frozen=True)
class Limits:
    """`None` is no limit: a family, a share of one core's time, a latency in milliseconds."""

    family: str | None = None
    max_core_share: float | None = None
    max_latency_ms: float | None = None


def affordable(limits: Limits, pair: Pair, name: str) -> list[Rung]:
    """The rungs for a pair that keep to the limits, in order.

    Costs are measured, with models that have learned nothing yet. Raise tonecast.Error, which names
    what comes nearest, if there is none.
    """
    if limits.family is not None:
        rungs = rungs_of(limits.family)
    else:
        rungs = rungs_for(pair, cheaply=limits.max_core_share is not None)
    if limits.max_core_share is None and limits.max_latency_ms is None:
        return rungs
    rate_hz = pair.sample_rate_hz
    costs = {rung: _cost(rung, pair, name) for rung in rungs}
    most_share, most_ms = limits.max_core_share, limits.max_latency_ms
    fast = [r for r in rungs if most_ms is None or costs[r][1] <= most_ms]
    if not fast:
        nearest = min(rungs, key=lambda rung: costs[rung][1])
        raise Error(
            f"nothing that could be learned keeps to {most_ms:g} ms of latency; nearest is the "
            f"{nearest.name} with {costs[nearest][1]:.1f} ms at {rate_hz} Hz"
        )
    cheap = [r for r in fast if most_share is None or costs[r][0] <= most_share]
    if not cheap:
        nearest = min(fast, key=lambda rung: costs[rung][0])
        raise Error(
            f"nothing that could be learned keeps to {100 * (most_share or 0):g} % of a core; "
            f"nearest is the {nearest.name} with {100 * costs[nearest][0]:.2f} %"
        )
    return cheap


def _cost(rung: Rung, pair: Pair, name: str) -> tuple[float, float]:
    """Share of a core, and latency in milliseconds."""
    plan = config_for(pair, name, rung)
    weights = plan.family.build(plan.size).state_dict()
    with TemporaryDirectory() as folder:
        path = Path(folder) / "untrained.onnx"
        export_checkpoint(Checkpoint(plan, weights, None), path)
        latency_samples = Effect(path).latency_samples(pair.sample_rate_hz)
        share = core_share(path, pair.sample_rate_hz)
    return share, 1000 * latency_samples / pair.sample_rate_hz
