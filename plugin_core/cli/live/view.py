"""What `tonecast live` shows while it plays."""

from __future__ import annotations

import math
from collections.abc import Iterable

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from ...effect_files.contract import Control
from ...effects.levels import louder_text
from ...live.session import LiveReport, LiveSession

NO_PRIORITY = (
    "the system gave model and predictor no real-time priority, so other programs may make them "
    "late; 'tonecast doctor' says how to get it"
)
MIN_DB = -60.0
BAR_CELLS = 40
KEYS = "b bypass · ← → choose · ↑ ↓ change · a automatic · n next effect · q end"


def view(
    session: LiveSession, report: LiveReport, chosen: Control, notes: Iterable[str]
) -> RenderableType:
    """A panel with a session's state; `notes` are lines of text, empty ones left out."""
    meters = Table.grid(padding=(0, 1))
    meters.add_row("in", _meter(report.input_peak))
    meters.add_row("out", _meter(report.output_peak))
    budget = max(report.budget_us, 1e-9)
    load = Text.assemble(
        f"callback {report.p50_us:.0f} µs median, {report.p99_us:.0f} µs p99, "
        f"{report.max_us:.0f} µs longest of {budget:.0f} µs   ",
        _counter("late", report.late_frames),
        _counter("missed", report.misses),
        _counter("xruns", report.input_xruns + report.output_xruns),
        _counter("bad", report.bad_frames),
        _counter("held", report.held_frames),
        _counter("limited", report.limited_samples),
    )
    if report.predictions:
        load.append("predictions: ", "dim")
        load.append(*_counter("late", report.late_predictions))
        load.append(*_counter("bad", report.bad_predictions))
    louder = louder_text(session.effect.contract) if report.held_frames else ""
    more = (louder, NO_PRIORITY * report.missing_realtime_priority, *report.fallback_reasons)
    shown = (Text(text, "yellow") for text in (*notes, *more) if text)
    return Panel(
        Group(meters, _parameters(session, report, chosen), load, *shown, Text(KEYS, style="dim")),
        title=f"{session.effect.name} on {session.output.name}",
        subtitle=(
            f"{report.sample_rate_hz} Hz · block {report.block_samples} · "
            f"{report.channels} ch · {report.latency_ms:.0f} ms · {report.seconds:.0f} s"
        ),
        width=100,
    )


def _meter(peak: float) -> Text:
    level_db = 20 * math.log10(max(peak, 1e-9))
    cells = round(BAR_CELLS * min(max(1 - level_db / MIN_DB, 0), 1))
    style = "red" if level_db > -0.1 else "yellow" if level_db > -6 else "green"
    shown = f"{level_db:6.1f} dBFS" if level_db > MIN_DB else "     silent"
    return Text.assemble(("█" * cells, style), ("·" * (BAR_CELLS - cells), "dim"), " ", shown)


def _parameters(session: LiveSession, report: LiveReport, chosen: Control) -> Text:
    text = Text()
    for name, parameter in session.effect.parameters.items():
        value = session.effect.position(name)
        if parameter.scale == "switch":
            shown = "on" if value else "off"
        else:
            shown = f"{value:.0f}" if abs(value) >= 1000 else f"{value:.3g}"
        automatic = "auto " if name in report.automatic else ""
        label = f"{parameter.label} {automatic}{shown} {parameter.unit}".strip()
        unbroken = label.replace(" ", "\u00a0")
        text.append(unbroken, "bold reverse" if name == chosen.name else "")
        text.append("   ")
    return text


def _counter(name: str, count: int) -> tuple[str, str]:
    return f"{name} {count}   ", "bold red" if count else "dim"
