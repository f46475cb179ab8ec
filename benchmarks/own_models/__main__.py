"""Own modules as live effects: `python -m tonecast.benchmarks.own_models [FOLDER]`.

It writes results/OWN_MODELS.md. FOLDER has modules, each a Python file with `reference()`, which
makes one, and `KNOBS`; without it the rows of those stay as they are. `--packages` adds a folder to
look for packages in. `--only SECTION` writes that section anew and keeps the others.
"""

from __future__ import annotations

import importlib.util
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any, TypeAlias

import click
import torch

from .. import machine
from ..sections import make_section, read_sections
from .after_papers import PAPERS
from .lines import section
from .published import NETWORKS
from .row import Row, measure

Modules: TypeAlias = dict[str, tuple[Callable[[], Any], Mapping[str, float]]]
PAGE = machine.ROOT / "benchmarks" / "results" / "OWN_MODELS.md"
SECTIONS = ("modules", "published", "papers", "lines")
HEAD = """# Own PyTorch modules as live effects

`python -m tonecast.benchmarks.own_models` writes this page. Each module maps a whole sound
[batch, 1, time] to as much, and is handed to `tonecast.export` as its author wrote it, without a
changed line; weights are random. *Difference*: the largest one between the module, run once over
2 s of noise, and the engine, in blocks of 1, 64, 480 and a random number of samples, from the first
sample on and without the latency; full scale is 1. Where a module mirrors a sound at its begin, as
torch.stft does by default, the sound begins with silence as long as its memory. *Latency* at 48
kHz, with what the module looks ahead; 0 where a kernel plays it. *Core*: of one core through the
engine, mono, blocks of 64. *Eager*: the same frames, one after the other, by the same frame module
in PyTorch on one thread, in the same run. *Export*: processor time, proof and measuring included.
"""
TABLE = """| | difference | latency, samples | frame | core | eager | export |
|---|---:|---:|---:|---:|---:|---:|
"""


@click.command()
@click.argument(
    "folder", type=click.Path(exists=True, file_okay=False, path_type=Path), required=False
)
@click.option("--packages", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--only", multiple=True, type=click.Choice(SECTIONS), default=SECTIONS)
def main(folder: Path | None, packages: Path | None, only: tuple[str, ...]) -> None:
    """Measure, and write the page."""
    if packages is not None:
        sys.path.append(str(packages))
    torch.set_num_threads(1)
    sections = read_sections(PAGE)
    if folder is not None and "modules" in only:
        modules: Modules = {name: (make, knobs) for name, make, knobs in _in_folder(folder)}
        sections["modules"] = _section("modules", "Modules written for this", modules)
    networks: Modules = {name: (make, {}) for name, make in NETWORKS.items()}
    if "published" in only:
        title = "Networks of others, from their packages"
        sections["published"] = _section("published", title, networks)
    if "papers" in only:
        sections["papers"] = _section("papers", "Networks written after papers", dict(PAPERS))
    if "lines" in only:
        sections["lines"] = make_section("lines", section())
    order = [sections[name] for name in SECTIONS if name in sections]
    PAGE.write_text("\n".join([HEAD, *order]))


def _section(name: str, title: str, modules: Modules) -> str:
    lines = []
    with tempfile.TemporaryDirectory() as folder:
        for label, (make, knobs) in modules.items():
            row: Row = measure(label, make, knobs, Path(folder))
            print(row.line(), flush=True)
            lines.append(row.line())
    stamp = f"*{date.today().isoformat()}, {machine.describe()} PyTorch {torch.__version__}.*"
    return make_section(name, f"## {title}\n\n{TABLE}" + "\n".join(lines) + f"\n\n{stamp}\n")


def _in_folder(folder: Path) -> Iterator[tuple[str, Callable[[], Any], Mapping[str, float]]]:
    for path in sorted(folder.glob("*.py")):
        spec = importlib.util.spec_from_file_location(path.stem, path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        if hasattr(module, "reference"):
            yield path.stem, module.reference, module.KNOBS


if __name__ == "__main__":
    main()
