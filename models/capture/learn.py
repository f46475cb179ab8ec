"""From a dry and a wet recording of a device to an effect and a report on it.

    check and align ─ climb the ladder ─ export and verify ─ measure on the held-out part ─ report

Nothing is printed here. PyTorch is imported when it is needed: the command line reads
`DEFAULT_MINUTES` without it.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from ...plugin_core.atomic_write import atomic_write
from ...plugin_core.errors import Error
from ..training.progress import make_folder

if TYPE_CHECKING:
    from ...plugin_core.effect_files import contract
    from ..data.pair.check_result import CheckResult
    from ..training.config import Config
    from ..training.loop import Trainer
    from .figures import PairFigures
    from .ladder.limits import Limits
    from .ladder.tried import Tried

DEFAULT_MINUTES = 5.0


@dataclass(frozen=True)
class Capture:
    """An effect learned from a pair: its files, figures, and what limits it, if anything."""

    effect_path: Path
    report_path: Path
    checkpoint_path: Path
    figures: PairFigures
    best: Tried
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
    on_tried: Callable[[Tried], None] = lambda tried: None,
    delay_ms: float | None = None,
    limits: Limits | None = None,
    levels: contract.Capture | None = None,
) -> Capture:
    """Write OUT/NAME.onnx, its checkpoint OUT/NAME.pt, and the folder OUT/NAME with report.md.

    `train` runs a trainer to its end, and shows progress if it likes to; there are several, one for
    each rung of the ladder that is tried within `minutes` and `limits`. `on_check` gets each
    result of the checks, `on_plan` the configuration before each training, `on_tried` what came of
    it. `delay_ms` is the wet sound's delay if it is not to be measured; `levels` go into the effect
    file. What was stopped goes on from OUT/NAME.tried. Raise tonecast.Error for a bad name or pair,
    where something would be overwritten or cannot be written, where nothing keeps to the limits,
    and if `train` returns early.
    """
    from ..data.pair.pair import read_pair
    from ..release.checkpoint import export_checkpoint
    from ..training import checkpoint
    from .ladder.config import check_name
    from .ladder.ladder import Ladder
    from .ladder.limits import Limits
    from .report import PAGE, Learned, limit_message, write_report
    from .split import spans_of

    check_name(name)
    checkpoint_path, effect_path, folder = out / f"{name}.pt", out / f"{name}.onnx", out / name
    tried_folder = out / f"{name}.tried"
    _check_free(folder, effect_path, checkpoint_path, tried_folder)
    pair = read_pair(dry, wet, delay_ms)
    for result in pair.check_results:
        on_check(result)
    make_folder(tried_folder)
    spans = spans_of(pair)
    ladder = Ladder(pair, spans, name, tried_folder, train, device, on_plan, on_tried)
    on_check(ladder.causality)
    best = ladder.climb(minutes, limits or Limits())
    pair = ladder.pair_for(best)
    pair = replace(pair, check_results=(*pair.check_results, ladder.causality))
    with _kept(checkpoint_path), atomic_write(checkpoint_path) as draft:
        shutil.copyfile(ladder.path(best.name, "pt"), draft)
    learned_best = checkpoint.load(checkpoint_path)
    with _kept(effect_path):  # anew: only this one has the levels
        export_checkpoint(learned_best, effect_path, levels)
    learned = Learned(learned_best, effect_path, pair, spans, best, tuple(ladder.tried))
    found = write_report(learned, folder)
    shutil.rmtree(tried_folder)
    return Capture(
        effect_path,
        folder / PAGE,
        checkpoint_path,
        found,
        best,
        tuple(pair.check_results),
        limit_message(found, best, pair.device_type),
    )


def _check_free(folder: Path, effect: Path, checkpoint: Path, tried_folder: Path) -> None:
    """Raise tonecast.Error where something would be overwritten, except a training to resume."""
    finished = () if tried_folder.exists() else (effect, checkpoint)
    for path in (folder, *finished):
        if path.exists():
            raise Error(f"{path} is there already; give another --name or --out, or move it away")


@contextmanager
def _kept(path: Path) -> Iterator[None]:
    """What is learned stays in its folder where `path` cannot be written."""
    try:
        yield
    except OSError as error:
        raise Error(
            f"{path} cannot be written: {error.strerror}; the training is kept, and the same "
            f"command resumes it"
        ) from None
