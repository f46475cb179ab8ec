"""Raters at once on a study that is served by one core: how long answers and sounds take.

    python -m tonecast.benchmarks.listening.load [--raters 50] [--tracks 6] [--seconds 20]

The server is a process of its own, kept to one core; the raters are threads of this one. Each loads
all steps of a track, listens for a while, and answers. Writes results/LISTENING.md.
"""

from __future__ import annotations

import http.client
import json
import os
import tempfile
import threading
import time
import uuid
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import click
import numpy as np

from ...models.listening.ratings import STEPS
from ...models.listening.study.make import StudyMaker
from .. import machine
from .audio_start import measure
from .served import served

OUT = machine.ROOT / "benchmarks" / "results" / "LISTENING.md"
LISTENING_S = (3.0, 9.0)  # people take longer
ANSWER_MS, START_MS = 100, 500  # what is wanted


class LoadRater:
    """One who takes part over a connection of its own; durations are in seconds."""

    def __init__(self, port: int, number: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self._rng = np.random.default_rng([number, 1])
        self._headers = {"Content-Type": "application/json"}
        self.answers_s: list[float] = []
        self.sounds_s: list[float] = []
        self.problems: list[str] = []
        values = {"code": f"load-{number}", "language": "en", "consent": True, "kind": "simulated"}
        self._headers["X-Rater-Key"] = json.loads(self._request("POST", "raters", values))["key"]

    def take_part(self, tracks: int) -> None:
        """Rate so many tracks; what fails ends it, and is kept in `problems`."""
        try:
            self._rate(tracks)
        except (OSError, http.client.HTTPException) as error:
            self.problems.append(repr(error))

    def _rate(self, tracks: int) -> None:
        time.sleep(self._rng.uniform(0, LISTENING_S[1]))  # they do not all begin at once
        self._request("POST", "session", {})
        for position in range(tracks):
            for step in range(STEPS):
                begin = time.perf_counter()
                self._request("GET", f"sounds/{position}/{step}")
                self.sounds_s.append(time.perf_counter() - begin)
            time.sleep(self._rng.uniform(*LISTENING_S))
            answer = {
                "sent_as": uuid.uuid4().hex, "position": position, "step": 3, "comment": "",
                "switches": 5, "comparisons": 1, "step_seconds": [1.0] * STEPS, "seconds": 17.0,
                "equal_loudness": True,
            }  # fmt: skip
            begin = time.perf_counter()
            self._request("POST", "answers", answer)
            self.answers_s.append(time.perf_counter() - begin)

    def _request(self, method: str, path: str, values: object = None) -> bytes:
        body = None if values is None else json.dumps(values)
        self._connection.request(method, f"/api/{path}", body, self._headers)
        reply = self._connection.getresponse()
        held = reply.read()
        if reply.status >= 400:
            raise OSError(f"{path}: {reply.status}")
        return held


def run(folder: Path, raters: int, tracks: int) -> list[LoadRater]:
    """All raters at once on a study in `folder`."""
    with served(folder) as port:
        taking_part = [LoadRater(port, i) for i in range(raters)]
        threads = [threading.Thread(target=one.take_part, args=(tracks,)) for one in taking_part]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    return taking_part


def row(name: str, durations_s: Sequence[float], wanted_ms: int) -> str:
    """A line of the table: median and tails, nothing trimmed."""
    p50, p99 = 1000 * np.percentile(durations_s, (50, 99))
    return (
        f"| {name} | {len(durations_s)} | {p50:.1f} | {p99:.1f} | {1000 * max(durations_s):.1f} "
        f"| {wanted_ms} |"
    )


@click.command()
@click.option("--raters", default=50, show_default=True)
@click.option("--tracks", default=6, show_default=True)
@click.option("--seconds", default=20, show_default=True, help="Length of an excerpt.")
def main(raters: int, tracks: int, seconds: int) -> None:
    """Measure how a study bears many raters at once."""
    with tempfile.TemporaryDirectory(prefix="tonecast-") as temporary:
        file = Path(temporary) / "load.toml"
        file.write_text(f'name = "load"\ndemo_tracks = {tracks}\nexcerpt_s = {seconds}\n')
        list(StudyMaker(file, Path(temporary) / "load").make())
        before = os.getloadavg()[0]
        begin = time.perf_counter()
        taking_part = run(Path(temporary) / "load", raters, tracks)
        took_s = time.perf_counter() - begin
        starts_s = measure(Path(temporary) / "load", min(3, tracks - 1))
        sound_mb = sum(p.stat().st_size for p in Path(temporary).rglob("*.flac")) / 1e6
    problems = [problem for one in taking_part for problem in one.problems]
    if problems:
        raise click.ClickException(f"{len(problems)} raters failed, the first with {problems[0]}")
    answers_s = [seconds for one in taking_part for seconds in one.answers_s]
    sounds_s = [seconds for one in taking_part for seconds in one.sounds_s]
    OUT.write_text(
        "\n".join(
            [
                "# Many raters at once\n",
                "Written by `python -m tonecast.benchmarks.listening.load`: "
                f"{raters} raters on {tracks} tracks of {seconds} s ({sound_mb:.0f} MB) took "
                f"{took_s:.0f} s over loopback; the server had one core. Each loaded all 17 steps "
                "of a track and answered after 3 to 9 s, so several times as often as people. "
                "In Chromium one rater took part, alone.\n",
                "| request | count | p50 ms | p99 ms | max ms | wanted ms |",
                "|---|---:|---:|---:|---:|---:|",
                row("an answer, on disk", answers_s, ANSWER_MS),
                row("a sound, whole", sounds_s, START_MS),
                *(
                    [row("a track in Chromium, from view to sound", starts_s, START_MS)]
                    if starts_s
                    else []
                ),
                f"\nNone was refused or failed. Load of the machine before: {before:.1f}.\n",
                f"*{date.today().isoformat()}, {machine.describe()}*\n",
            ]
        )
    )
    click.echo(f"wrote {OUT}")


if __name__ == "__main__":
    main()
