"""Runs the benchmarks and writes the report: `python -m tonecast.benchmarks.report [NAME …]`.

With names only those sections are measured again; the others stay as they were.
"""

from __future__ import annotations

import importlib
import sys
from datetime import date

from rich.console import Console

from . import machine
from .sections import make_section, read_sections

# Each section of the report, in order, and the module that measures it.
SECTIONS = {
    "demo_picture": "quality.demo_picture",
    "resonance_quality": "quality.resonance_quality",
    "effect_cost": "speed.effect_cost",
    "engine_overhead": "speed.engine_overhead",
    "callback_tails": "speed.callback_tails",
    "system_calls": "speed.system_calls",
    "render_file": "speed.render_file",
    "resampler_quality": "quality.resampler_quality",
    "kernels": "kernels.kernels",
    "kernel_deadline": "kernels.deadline",
    "wavenet_steps": "kernels.wavenet_steps",
    "model_cost": "speed.model_cost",
    "plugin_instances": "speed.plugin_instances",
    "training_speed": "speed.training_speed",
    "predictor_cost": "speed.predictor_cost",
}
OUT_DIR = machine.ROOT / "benchmarks" / "results"


def main(names: list[str]) -> None:
    """Measure, then write results/RESULTS.md and its pictures."""
    unknown = set(names) - SECTIONS.keys()
    if unknown:
        sys.exit(
            f"no benchmark is named {', '.join(sorted(unknown))}: choose {', '.join(SECTIONS)}"
        )
    machine.use_one_core()
    for name in names or SECTIONS:
        Console().print(f"[bold]{name}[/bold]")
        module = importlib.import_module(f".{SECTIONS[name]}", __package__)
        publish(name, module.run(OUT_DIR))


def publish(name: str, section: str) -> None:
    """Write a section into the report; all others stay."""
    OUT_DIR.mkdir(exist_ok=True)
    report = OUT_DIR / "RESULTS.md"
    texts = read_sections(report)
    stamp = f"*{date.today().isoformat()}, {machine.describe()}*"
    texts[name] = make_section(name, f"{section.rstrip()}\n\n{stamp}\n")
    head = "# Results\n\nWritten by `make bench`; every figure was measured by it.\n"
    report.write_text("\n".join([head, *(texts[name] for name in SECTIONS if name in texts)]))
    Console().print(f"wrote {report.relative_to(machine.ROOT)}")


if __name__ == "__main__":
    main(sys.argv[1:])
