"""How much more gain the feedback suppressor allows before a simulated sound system rings.

    python -m tonecast.benchmarks.filter_effects.feedback

It writes results/FEEDBACK_GUARD.md and feedback_guard.png. Everything runs block by block through
the engine, the filter one hop late as with a worker.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import numpy as np
from rich.progress import track

from ...export.cost import core_share
from ...plugin_core import _engine
from ...plugin_core.effect_files.catalog import find_effect
from ...plugin_core.effect_files.loading import load_model
from .. import machine
from ..quality.material import AUDIO, find, pink_noise, read_mono
from .feedback_picture import draw
from .loop import (
    BLOCK,
    DISTANCE_M,
    RATE_HZ,
    RINGING_DB,
    SYSTEM_BLOCKS,
    Audio,
    Room,
    Suppressor,
    excess_db,
    play,
    rings,
    simulated_room,
)
from .notches import NOTCHES, AdaptiveNotches

SOURCES = ("vocals_vocadito", "lets_go_fishin")
SOURCE_DB = -30.0  # at the microphone
SECONDS = 8
ROOMS = (1, 2, 3)
HIGHEST_DB, LOWEST_DB = 16, -4
SHOWN_ROOM, SHOWN_GAIN_DB = 1, 5.0
GROWTHS_DB_S = (30.0, 60.0, 100.0)
CLEAN_S = 8.0
METHODS: dict[str, Callable[[], Suppressor | None]] = {
    "nothing": lambda: None,
    f"{NOTCHES} adaptive notches": AdaptiveNotches,
    "`feedback-guard`": lambda: guard(),
}
PAGE = """# Feedback on stage

`python -m tonecast.benchmarks.filter_effects.feedback` writes this page. A **simulated** sound
system: microphone, suppressor, amplifier (it clips at full scale), loudspeaker, room, microphone.
It is played in blocks of {block} samples at 48 kHz; the system takes {blocks} blocks, the
loudspeaker is {distance:g} m away, and the rooms are exponentially decaying noise (0.4 s) with as
much direct sound.
`feedback-guard` runs in the engine with its filter one hop late, as on a worker. The notches are a
plain baseline ([how](../filter_effects/notches.py)). Suppressors of other projects (openMHA, LSP)
were not built. The numbers in `feedback-guard` were chosen on these rooms and recordings; on others
it was not measured.

**Gain before ringing**, dB above that at which the loudest frequency of the loop would have gain 1
in the worst phase; the highest of whole dB at which the loudspeaker is in no half second of
{seconds} s more than {ringing:g} dB louder than without feedback. Searched up to {highest} dB.

| source, room | {methods} |
|---|{columns}|
{rows}
| **mean** | {means} |
| **added** | {added} |

![Spectrograms and level of the loudspeaker](feedback_guard.png)

The picture is of 15 s of singing in room {room} at {shown:+g} dB. After the {seconds} s of the
table a ring may return that was held just at its limit, or whose cut was released.

**Attack.** A tone at 1 kHz that grows steadily in pink noise at −50 dBFS, through the engine: how
far it stands above the noise when 3 dB of it are taken off, and how long it takes from there to
12 dB.

| growth | stands at, dB | from 3 to 12 dB, ms |
|---:|---:|---:|
{attacks}

**Loss on clean music**, {recordings} recordings, {clean:g} s each, dB:

| | median | mean | worst |
|---|---:|---:|---:|
| `feedback-guard` | {median:.2f} | {mean:.2f} | {worst:.2f} ({worst_name}) |
| notches | {notch_median:.2f} | {notch_mean:.2f} | {notch_worst:.2f} |

Latency {latency} samples; {core:.1f} % of a core in mono at 48 kHz, inline.

*{stamp}*
"""


def main() -> None:
    """Measure and write the page."""
    stamp = f"{date.today().isoformat()}, {machine.describe()}"
    results = machine.ROOT / "benchmarks" / "results"
    path = find_effect("feedback-guard").files[RATE_HZ]
    gains = list(_gains())
    table = np.array([row for _, row in gains], float)
    losses = dict(_losses())
    guard_db, notch_db = np.array(list(losses.values())).T
    _draw(results / "feedback_guard.png")
    page = results / "FEEDBACK_GUARD.md"
    page.write_text(
        PAGE.format(
            block=BLOCK,
            blocks=SYSTEM_BLOCKS,
            distance=DISTANCE_M,
            seconds=SECONDS,
            ringing=RINGING_DB,
            highest=HIGHEST_DB,
            room=SHOWN_ROOM,
            shown=SHOWN_GAIN_DB,
            methods=" | ".join(METHODS),
            columns="|".join(["---:"] * len(METHODS)),
            rows="\n".join(f"| {name} | {' | '.join(map(str, row))} |" for name, row in gains),
            means=" | ".join(f"{db:.1f}" for db in table.mean(axis=0)),
            added=" | ".join(f"{db:+.1f}" for db in table.mean(axis=0) - table[:, 0].mean()),
            attacks="\n".join(_attack_row(growth) for growth in GROWTHS_DB_S),
            recordings=len(losses),
            clean=CLEAN_S,
            median=np.median(guard_db),
            mean=guard_db.mean(),
            worst=guard_db.max(),
            worst_name=list(losses)[int(guard_db.argmax())],
            notch_median=np.median(notch_db),
            notch_mean=notch_db.mean(),
            notch_worst=notch_db.max(),
            latency=_engine_of().latency_samples,
            core=100 * core_share(path, RATE_HZ),
            stamp=stamp,
        )
    )
    print(f"wrote {page.relative_to(machine.ROOT)}")


def guard() -> Suppressor:
    """The shipped effect as a suppressor."""
    engine = _engine_of()
    out = np.empty((1, BLOCK), np.float32)

    def suppress(block: Audio) -> Audio:
        engine.process(np.ascontiguousarray(block[None]), out)
        return np.array(out[0])

    return suppress


def _engine_of() -> _engine.Engine:
    engine = _engine.Engine(load_model(find_effect("feedback-guard").files[RATE_HZ]))
    engine.prepare(RATE_HZ, 1, max_block_samples=BLOCK, late_hops=1)
    return engine


def source(name: str, seconds: float) -> Audio:
    """The begin of a recording, mono, at SOURCE_DB: [samples]."""
    audio = read_mono(AUDIO / "music" / f"{name}.flac", RATE_HZ, seconds)
    return np.asarray(audio * 10 ** (SOURCE_DB / 20) / audio.std(), np.float32)


def _gains() -> Iterator[tuple[str, list[int]]]:
    cases = [(name, seed) for name in SOURCES for seed in ROOMS]
    for name, seed in track(cases, "Rooms", transient=True):
        audio, room = source(name, SECONDS), simulated_room(seed)
        yield f"{name}, {seed}", [_highest_gain_db(audio, room, make) for make in METHODS.values()]


def _highest_gain_db(audio: Audio, room: Room, make: Callable[[], Suppressor | None]) -> int:
    """The highest at which it does not ring, by bisection."""
    quiet_db, ringing_db = LOWEST_DB, HIGHEST_DB + 1
    while ringing_db - quiet_db > 1:
        gain_db = (quiet_db + ringing_db) // 2
        if rings(play(audio, room, gain_db, make()), audio, gain_db):
            ringing_db = gain_db
        else:
            quiet_db = gain_db
    return quiet_db


def _draw(path: Path) -> None:
    audio, room = source(SOURCES[0], 15), simulated_room(SHOWN_ROOM)
    shown = {
        name.strip("`"): play(audio, room, SHOWN_GAIN_DB, make()) for name, make in METHODS.items()
    }
    excess = {name: excess_db(one, audio, SHOWN_GAIN_DB) for name, one in shown.items()}
    draw(shown, excess, SHOWN_GAIN_DB, path)


def _attack_row(growth_db_s: float) -> str:
    noise = pink_noise(6, RATE_HZ)[0] * np.float32(10 ** (-30 / 20))  # from −20 dBFS
    time_s = np.arange(len(noise)) / RATE_HZ
    level_db = np.minimum(-90 + growth_db_s * np.maximum(time_s - 1, 0), -6)
    carrier = np.exp(2j * np.pi * 1000 * time_s)
    tone = 10 ** (level_db / 20) * carrier.imag
    suppress = guard()
    blocks = (noise + tone).astype(np.float32)[: len(noise) // BLOCK * BLOCK].reshape(-1, BLOCK)
    out = np.concatenate([suppress(block) for block in blocks])
    # The tone's amplitude, over 5 ms.
    size = 5 * RATE_HZ // 1000
    smooth = np.hanning(size) / np.hanning(size).sum()
    found = [
        np.abs(np.convolve(one * carrier[: len(one)].conj(), smooth, "same"))
        for one in (blocks.ravel(), out)
    ]
    cut_db = 20 * np.log10((found[0] + 1e-9) / (found[1] + 1e-9))
    loud = time_s[: len(cut_db)] > 1.3  # before, both are noise
    deep = int(np.flatnonzero(loud & (cut_db > 12))[0])
    begun = int(np.flatnonzero(cut_db[:deep] < 3)[-1])
    noise_db = 10 * np.log10(float(np.mean(noise**2)))
    ms = 1e3 * (deep - begun) / RATE_HZ
    return f"| {growth_db_s:g} dB/s | {level_db[begun] - 3 - noise_db:+.1f} | {ms:.0f} |"


def _losses() -> Iterator[tuple[str, tuple[float, float]]]:
    """Of the guard and of the notches, dB."""
    for path in track(find().music, "Music", transient=True):
        audio = read_mono(path, RATE_HZ, CLEAN_S)
        blocks = audio[: len(audio) // BLOCK * BLOCK].reshape(-1, BLOCK)
        lost = []
        for suppress in (guard(), AdaptiveNotches()):
            played = np.concatenate([suppress(block) for block in blocks])
            lost.append(float(10 * np.log10(np.mean(blocks**2) / np.mean(played**2))))
        yield path.stem, (lost[0], lost[1])


if __name__ == "__main__":
    main()
