"""The recordings of a table, each checked and aligned as any other pair."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from ....plugin_core.errors import Error
from ...data.pair.causality import causal_pairs
from ...data.pair.check_result import CheckResult
from ...data.pair.pair import Pair, read_pair
from ...data.split import NoteSplit
from ..split import Spans, spans_of, split_pair
from .table import Table


@dataclass(frozen=True)
class Setting:
    """A pair at a setting: the knobs' values, and their places in their ranges, 0 to 1."""

    values: tuple[float, ...]
    conditions: tuple[float, ...]
    is_held_out: bool
    pair: Pair
    spans: Spans


def read_settings(
    table: Table,
    delay_ms: float | None = None,
    on_check: Callable[[CheckResult], None] = lambda result: None,
) -> list[Setting]:
    """Read, check and align all pairs; `on_check` gets what is not as it should be.

    Raise tonecast.Error as `read_pair` does, and for pairs of different rates.
    """
    pairs: list[Pair] = []
    for row in table.rows:
        pairs.append(read_pair(row.dry, row.wet, delay_ms))
        first, last = pairs[0].sample_rate_hz, pairs[-1].sample_rate_hz
        if first != last:
            raise Error(
                f"{table.path}: {table.rows[0].wet.name} is learned at {first} Hz and "
                f"{row.wet.name} at {last} Hz; export all recordings at one rate"
            )
    settings: list[Setting] = []
    for row, (pair, causality) in zip(table.rows, causal_pairs(pairs), strict=True):
        for result in (*pair.check_results, causality):
            if result.kind != "passed":
                on_check(replace(result, message=f"{row.wet.name}: {result.message}"))
        conditions = tuple(
            knob.place(value) for knob, value in zip(table.knobs, row.values, strict=True)
        )
        settings.append(Setting(row.values, conditions, row.is_held_out, pair, spans_of(pair)))
    return settings


def split_settings(settings: Sequence[Setting], past_samples: int = 0) -> NoteSplit:
    """The parts of the settings that are not held out, as `split_pair` has them."""
    notes = NoteSplit([], [], [])
    for setting in settings:
        if setting.is_held_out:
            continue
        own = split_pair(setting.pair, setting.spans, past_samples)
        for side, more in (
            (notes.training, own.training),
            (notes.validation, own.validation),
            (notes.test, own.test),
        ):
            side += [replace(note, conditions=setting.conditions) for note in more]
    return notes


def credit_of(table: Table, settings: Sequence[Setting]) -> str:
    """What was learned from, so that it can be identified later."""
    everything = table.path.read_bytes() + "".join(s.pair.credit for s in settings).encode()
    digest = hashlib.sha256(everything).hexdigest()[:16]
    return f"{table.path.name} and its {len(settings)} pairs (SHA-256 {digest})"
