"""Minutes on a real JACK server, at several block sizes.

    python -m tonecast.benchmarks.speed.live_jack [--minutes 5] [--blocks 64,128,256,512]
    python -m tonecast.benchmarks.speed.live_jack amp.nam --blocks 32 --page LIVE_CAPTURE.md

It writes results/LIVE.md, or that page. The server has no sound card (`jackd -d dummy`): its clock
is a timer, so the machine's wake-up latency is included. Needs jackd2 and libportaudio2.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import click

from ...plugin_core.effect_files.catalog import find_effect
from .. import machine
from .jack_server import jack_server, where_programs_find

RATE_HZ = 48000
PAGE = """# Live

`tonecast live {effect}{settings}`{what}, stereo at {rate} Hz, {minutes:g} minutes at each block
size of a real JACK server without a sound card (`jackd -d dummy`). Times are those of whole
callbacks, none left out; a miss is a callback that took longer than its block lasts; over- and
underruns are as reported by PortAudio, whatever the cause.
`python -m tonecast.benchmarks.speed.live_jack` writes this page.

| block | budget, µs | p50, µs | p99, µs | p99.9, µs | of the budget | longest, µs | misses \
| late frames | overruns | underruns | callbacks | latency, ms |
|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|
{rows}

*{stamp}*
"""


@click.command()
@click.argument("effect", default="resonance-eq")
@click.option("--minutes", type=float, default=5.0, show_default=True, help="At each block size.")
@click.option("--blocks", default="64,128,256,512", show_default=True)
@click.option("--set", "settings", multiple=True, metavar="CONTROL=VALUE")
@click.option("--page", "page_name", default="LIVE.md", show_default=True)
def main(
    effect: str, minutes: float, blocks: str, settings: tuple[str, ...], page_name: str
) -> None:
    """Play EFFECT on a JACK server and write a page of results."""
    if shutil.which("jackd") is None:
        sys.exit("a JACK server is missing: sudo apt-get install jackd2 libportaudio2")
    options = [part for setting in settings for part in ("--set", setting)]
    rows = []
    for block in map(int, blocks.split(",")):
        print(f"{block} samples, {minutes:g} minutes …", flush=True)
        name = f"tonecast-{os.getpid()}"
        with jack_server(name, RATE_HZ, block):
            environment = {**os.environ, **where_programs_find(name)}
            rows.append(_row(_play([effect, *options], 60 * minutes, environment)))
    page = machine.ROOT / "benchmarks" / "results" / page_name
    contract = find_effect(effect).contract
    page.write_text(
        PAGE.format(
            effect=Path(effect).name,
            what=", which plays inline" if contract.form == "causal" else "",
            settings="".join(f" --set {setting}" for setting in settings),
            rate=RATE_HZ,
            minutes=minutes,
            rows="\n".join(rows),
            stamp=f"{date.today().isoformat()}, {machine.describe()}",
        )
    )
    print(f"wrote {page.relative_to(machine.ROOT)}")


def _play(arguments: list[str], seconds: float, environment: dict[str, str]) -> dict[str, Any]:
    program = Path(sys.executable).with_name("tonecast")
    done = subprocess.run(
        [program, "live", *arguments, "--seconds", str(seconds)],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def _row(report: dict[str, Any]) -> str:
    times = (report[name] for name in ("budget_us", "p50_us", "p99_us", "p999_us"))
    cells = (
        report["block_samples"],
        *(f"{us:.0f}" for us in times),
        f"{100 * report['p999_us'] / report['budget_us']:.0f} %",
        f"{report['max_us']:.0f}",
        report["misses"],
        report["late_frames"],
        report["input_xruns"],
        report["output_xruns"],
        report["callbacks"],
        f"{report['latency_ms']:.1f}",
    )
    return f"| {' | '.join(map(str, cells))} |"


if __name__ == "__main__":
    main()
