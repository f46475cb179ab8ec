"""From a table of a device's recordings to an effect with its knobs, and a report on it.

    read and check all pairs ─ train one model ─ export and verify ─ measure each setting ─ report

Nothing is printed here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ....plugin_core.effect_files.contract import Capture
from ....plugin_core.errors import Error
from ...data.pair.check_result import CheckResult
from ...release.checkpoint import export_checkpoint
from ...training import checkpoint
from ...training.config import Config
from ...training.loop import Trainer
from ...training.progress import make_folder
from ..ladder.config import check_name, config_for
from ..ladder.rungs import LSTM, WAVENET, Rung
from ..ladder.session import make_timed_trainer
from ..report import PAGE
from .measure import Measured, measure
from .report import write_report
from .settings import Setting, credit_of, read_settings, split_settings
from .table import Table, read_table

RUNGS = {"wavenet": WAVENET, "recurrent": LSTM}  # whose networks take knobs


@dataclass(frozen=True)
class KnobCapture:
    """An effect learned from a table: its files, settings, and figures at each."""

    effect_path: Path
    report_path: Path
    checkpoint_path: Path
    settings: tuple[Setting, ...]
    measured: tuple[Measured, ...]


def learn_knobs(
    table_path: Path,
    name: str,
    minutes: float,
    out: Path,
    train: Callable[[Trainer], None],
    device: str = "cpu",
    on_check: Callable[[CheckResult], None] = lambda result: None,
    on_plan: Callable[[Config], None] = lambda config: None,
    delay_ms: float | None = None,
    family: str | None = None,
    levels: Capture | None = None,
) -> KnobCapture:
    """Write OUT/NAME.onnx, its checkpoint OUT/NAME.pt, and the folder OUT/NAME with report.md.

    `table_path` is a CSV file as `read_table` takes it. The arguments are those of
    `learn_capture`; `family` is "wavenet", the default, or "recurrent". What was stopped goes on
    from OUT/NAME.pt. Raise tonecast.Error for a bad name, table or pair, where something would be
    overwritten, and if `train` returns early.
    """
    check_name(name)
    rung = _rung(family)
    checkpoint_path, effect_path, folder = out / f"{name}.pt", out / f"{name}.onnx", out / name
    for path in (folder, effect_path):
        if path.exists():
            raise Error(f"{path} is there already; give another --name or --out, or move it away")
    table = read_table(table_path)
    settings = read_settings(table, delay_ms, on_check)
    make_folder(out)
    trainer = make_timed_trainer(
        lambda steps=1, segment_samples=8192: knob_config(
            table, settings, name, rung, steps, segment_samples
        ),
        lambda past_samples: split_settings(settings, past_samples),
        min(setting.spans.shortest_samples for setting in settings),
        rung,
        minutes,
        checkpoint_path,
        device,
    )
    on_plan(trainer.config)
    train(trainer)
    if not trainer.finished:
        raise Error(f"{checkpoint_path}: the training has not finished; run it again to resume it")
    export_checkpoint(checkpoint.load(checkpoint_path), effect_path, levels)
    measured = measure(effect_path, table.knobs, settings)
    write_report(effect_path, table, settings, measured, trainer.config, folder)
    return KnobCapture(effect_path, folder / PAGE, checkpoint_path, tuple(settings), measured)


def knob_config(
    table: Table,
    settings: Sequence[Setting],
    name: str,
    rung: Rung,
    steps: int = 1,
    segment_samples: int = 8192,
) -> Config:
    """The configuration for a table, with `steps` steps; the model has a condition a knob."""
    size = replace(rung.size(settings[0].pair.sample_rate_hz), conditions=len(table.knobs))
    rung = replace(rung, size=lambda rate_hz: size)
    config = config_for(settings[0].pair, name, rung, steps, segment_samples)
    credit = credit_of(table, settings)
    return replace(
        config,
        description=f"Captured from a device with its knobs: {credit}.",
        data=replace(config.data, linear=False, credit=credit),
        knobs=table.knobs,
    )


def _rung(family: str | None) -> Rung:
    if family is None:
        return WAVENET
    if family not in RUNGS:
        raise Error(f"a {family} has no knobs; leave --family out, or give {' or '.join(RUNGS)}")
    return RUNGS[family]
