"""From a dry and a wet recording of a device to an effect and a report on it.

    check and align ─ plan ─ train ─ export and verify ─ measure on the held-out part ─ report

Nothing is printed here. PyTorch is imported when it is needed: the command line reads
`DEFAULT_MINUTES` without it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ...plugin_core.errors import Error
from ..training.progress import make_folder

if TYPE_CHECKING:
    from ...plugin_core.effect_files import contract
    from ..data.pair.check_result import CheckResult
    from ..training.config import Config
    from ..training.loop import Trainer
    from .figures import PairFigures

DEFAULT_MINUTES = 20.0


@dataclass(frozen=True)
class Capture:
    """An effect learned from a pair: its files, figures, and what limits it, if anything."""

    effect_path: Path
    report_path: Path
    checkpoint_path: Path
    figures: PairFigures
    check_results: tuple[CheckResult, ...]
    limit: str


def learn_capture(
    dry: Path,
    wet: Path,
    name: str,
    minutes: float,
    out: Path,
    train: Callable[[Trainer], None],
    device: str = "cpu",
    on_check: Callable[[CheckResult], None] = lambda result: None,
    on_plan: Callable[[Config], None] = lambda config: None,
    delay_ms: float | None = None,
    levels: contract.Capture | None = None,
) -> Capture:
    """Write OUT/NAME.onnx and the folder OUT/NAME with report.md.

    `train` runs the trainer to its end, and shows progress if it likes to; `on_check` gets each
    result of the checks, `on_plan` the configuration before training. `delay_ms` is the wet sound's
    delay if it is not to be measured; `levels` go into the effect file. A training of the same pair
    that was stopped resumes. Raise tonecast.Error for a bad name or pair, where something would be
    overwritten or cannot be written, and if `train` returns early.
    """
    from ..data.pair.pair import read_pair
    from ..release.checkpoint import export_checkpoint
    from ..training import checkpoint
    from .config import check_name
    from .report import PAGE, Learned, limit_message, write_report
    from .session import make_pair_trainer

    check_name(name)
    checkpoint_path, effect_path, folder = out / f"{name}.pt", out / f"{name}.onnx", out / name
    _check_free(checkpoint_path, effect_path, folder)
    pair = read_pair(dry, wet, delay_ms)
    for result in pair.check_results:
        on_check(result)
    make_folder(out)
    trainer, spans = make_pair_trainer(pair, name, minutes, checkpoint_path, device)
    on_plan(trainer.config)
    train(trainer)
    if not trainer.finished:
        raise Error(f"{checkpoint_path}: the training has not finished; run it again to resume it")
    try:
        export_checkpoint(checkpoint.load(checkpoint_path), effect_path, levels)
    except OSError as error:
        raise Error(
            f"{effect_path} cannot be written: {error.strerror}; the training is kept, and the "
            f"same command resumes it"
        ) from None
    progress = trainer.progress
    learned = Learned(
        trainer.config, effect_path, pair, spans, progress.seconds, progress.steps_done
    )
    found = write_report(learned, folder)
    return Capture(
        effect_path,
        folder / PAGE,
        checkpoint_path,
        found,
        tuple(pair.check_results),
        limit_message(found, pair.device_type),
    )


def _check_free(checkpoint_path: Path, effect_path: Path, folder: Path) -> None:
    """Raise tonecast.Error where something would be overwritten, except a training to resume."""
    finished = effect_path.exists() and not checkpoint_path.exists()
    taken = folder if folder.exists() else effect_path if finished else None
    if taken is not None:
        raise Error(f"{taken} is there already; give another --name or --out, or move it away")
