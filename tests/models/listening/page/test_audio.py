"""What the page plays: the step that was chosen, aligned to the sample, without gap or click."""

from __future__ import annotations

import base64
import sqlite3
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from browser import Browser, Page, Rater
from made_study import RATE_HZ, write_fake_study
from numpy.typing import NDArray
from study_server import Served, serving
from system_packages import needs
from tonecast.models.listening.study.study import Study, read_study

pytestmark = needs("chromium")

HERE = Path(__file__).parent
FADE = round(0.02 * RATE_HZ)
SECONDS = 0.6
Audio = NDArray[np.float32]

# Plays in an OfflineAudioContext: rendered sample by sample, whatever the machine is busy with.
OFFLINE = """
async ({ key, matchDb, start, seconds, switches, equalLoudness }) => {
  const { StepPlayer } = await import("/page/audio/step_player.js");
  const context = new OfflineAudioContext(2, seconds * 44100, 44100);
  const buffers = await Promise.all(matchDb.map(async (_, step) => {
    const reply = await fetch(`/api/sounds/0/${step}`, { headers: { "X-Rater-Key": key } });
    return context.decodeAudioData(await reply.arrayBuffer());
  }));
  const player = new StepPlayer(context, context.destination, buffers, {
    matchDb, equalLoudness, step: start,
  });
  player.play();
  for (const { at, step } of switches) {
    context.suspend(at).then(() => { player.choose(step); context.resume(); });
  }
  const rendered = await context.startRendering();
  const text = (channel) => {
    const bytes = new Uint8Array(rendered.getChannelData(channel).buffer);
    let out = "";
    for (let i = 0; i < bytes.length; i += 8192) {
      out += String.fromCharCode(...bytes.subarray(i, i + 8192));
    }
    return btoa(out);
  };
  return { channels: [text(0), text(1)], heard: player.heard(), switches: player.switches };
}
"""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Served, Path]]:
    folder = tmp_path_factory.mktemp("study")
    write_fake_study(folder, 2, SECONDS, repeat_share=0)
    with serving(folder) as server:
        yield server, folder


def track_of(folder: Path, code: str, position: int = 0) -> str:
    rows = sqlite3.connect(folder / "answers.sqlite3").execute(
        "SELECT track FROM positions JOIN raters ON raters.id = rater WHERE code = ? "
        "AND position = ?",
        (code, position),
    )
    return str(rows.fetchone()[0])


def steps_of(folder: Path, study: Study, track: str) -> list[Audio]:
    """As Chromium decodes them: 16-bit samples are divided by 32767, negative ones by 32768."""
    decoded = []
    for one in study.track(track).sounds:
        samples = soundfile.read(folder / one.file, dtype="int16", always_2d=True)[0].T
        decoded.append(np.asarray(samples / np.where(samples > 0, 32767, 32768), np.float32))
    return decoded


def crossfade(old: Audio, new: Audio) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Gains at equal power, from the formula: their correlation is that of the whole steps."""
    r = float(np.sum(old[:, ::11] * new[:, ::11], dtype=np.float64))
    r /= float(np.linalg.norm(old[:, ::11]) * np.linalg.norm(new[:, ::11]))
    angle = np.pi / 2 * np.arange(65) / 64
    root = np.sqrt(1 + 2 * r * np.cos(angle) * np.sin(angle))
    place = np.arange(FADE) / FADE * 64
    out, into = (np.interp(place, np.arange(65), f(angle) / root) for f in (np.cos, np.sin))
    return out, into


@pytest.mark.parametrize("equal_loudness", [False, True])
def test_switch_is_aligned_to_the_sample(
    page: Page, served: tuple[Served, Path], equal_loudness: bool
) -> None:
    server, folder = served
    code = f"offline-{equal_loudness}"
    ann = server.client().join(code)
    study = read_study(folder)
    track = track_of(folder, code)
    steps = steps_of(folder, study, track)
    match_db = ann.session()["positions"][0]["match_db"]
    level = [10 ** (one / 20) if equal_loudness else 1.0 for one in match_db]
    page.goto(server.link)
    switches = [{"at": 0.3, "step": 16}, {"at": 0.9, "step": 0}, {"at": 1.3, "step": 9}]
    played = page.evaluate(
        OFFLINE,
        {"key": ann.headers["X-Rater-Key"], "matchDb": match_db, "start": 4, "seconds": 2,
         "switches": switches, "equalLoudness": equal_loudness},
    )  # fmt: skip
    found = np.stack([np.frombuffer(base64.b64decode(one), "<f4") for one in played["channels"]])

    # What it has to be: a loop from its first sample on, with a crossfade at each switch.
    length = steps[0].shape[1]
    begin = round(0.015 * RATE_HZ)
    time = np.arange(found.shape[1]) - begin
    expected = np.zeros_like(found, np.float64)
    weight = np.zeros((17, time.size))
    weight[4] = 1
    now = 4
    for one in switches:
        at = -(-round(one["at"] * RATE_HZ) // 128) * 128  # a suspension is at a whole block
        first = round((at / RATE_HZ + 0.015) * RATE_HZ)
        out, into = crossfade(steps[now], steps[one["step"]])
        weight[:, first:] = 0
        weight[now, first : first + FADE] = out
        weight[one["step"], first : first + FADE] = into
        weight[one["step"], first + FADE :] = 1
        now = one["step"]
    for step in range(17):
        expected += weight[step] * level[step] * steps[step][:, time % length]
    expected[:, time < 0] = 0
    during = np.zeros(time.size, bool)
    for one in switches:
        first = round(one["at"] * RATE_HZ)
        during[first : first + 4 * FADE] = True
    assert np.abs(found - expected)[:, ~during].max() < 2e-6
    assert np.abs(found - expected)[:, during].max() < 2e-3
    assert played["switches"] == 3
    # The steps are told apart by far more than that.
    apart = min(np.abs(a - b).max() for a, b in pairwise(steps))
    assert apart > 0.02


def test_crossfade_keeps_the_power_of_steps_that_are_alike_or_not(
    page: Page, served: tuple[Served, Path]
) -> None:
    page.goto(served[0].link)
    rng = np.random.default_rng(2)
    common, own, other = rng.standard_normal((3, 200_000))
    for r in (0.0, 0.5, 1.0):
        curves = page.evaluate(
            """async (r) => {
              const { crossfade } = await import("/page/audio/crossfade.js");
              const { out, into } = crossfade(r);
              return [[...out], [...into]];
            }""",
            r,
        )
        x, y = (np.sqrt(r) * common + np.sqrt(1 - r) * one for one in (own, other))
        for a, b in zip(*curves, strict=True):
            assert np.var(a * x + b * y) == pytest.approx(1, abs=0.02)


@pytest.mark.slow
def test_page_plays_the_step_that_was_chosen(browser: Browser, served: tuple[Served, Path]) -> None:
    """The output of the page in real time, recorded between the player and the loudspeakers."""
    server, folder = served
    context = browser.new_context(locale="en-GB", bypass_csp=True)  # for the recorder
    page = context.new_page()
    page.add_init_script(path=HERE / "record.js")
    ann = Rater(page, server.link)
    ann.join("live")
    ann.calibrate()
    ann.wait_for_track(1)
    page.click("#equal")  # as the steps are
    first = ann.step
    chosen = [first]
    page.wait_for_timeout(500)
    page.evaluate("window.recorded.length = 0")
    page.wait_for_timeout(300)
    for step in (15, 2, 7, 7, 0, 16):
        ann.choose(step)
        if chosen[-1] != step:
            chosen.append(step)
        page.wait_for_timeout(300)
    page.click("#untouched")
    page.wait_for_timeout(300)
    page.click("#untouched")
    page.wait_for_timeout(300)
    chosen += [0, 16]
    blocks = page.evaluate(
        "window.recorded.map(({ at, left, right }) => [at, [...left], [...right]])"
    )
    context.close()
    assert ann.problems == []
    sound = assemble(blocks)
    study = read_study(folder)
    steps = steps_of(folder, study, track_of(folder, "live"))

    offset = align(sound, steps[first])
    place = (np.arange(sound.shape[1]) + offset) % steps[0].shape[1]
    apart = np.stack([np.abs(sound - one[:, place]).max(axis=0) for one in steps])
    heard = np.where(apart.min(axis=0) < 1e-5, apart.argmin(axis=0), -1)  # −1 in a crossfade
    runs = [int(one) for one in heard[np.r_[True, np.diff(heard) != 0]]]
    assert [one for one in runs if one >= 0] == chosen
    edges = np.flatnonzero(np.diff(heard))
    for begin, end in zip(edges[::2], edges[1::2], strict=True):
        assert abs(end - begin - FADE) <= 2  # a crossfade, and nothing else
        old, new = heard[begin], heard[end + 1]
        part = slice(begin + 1, begin + 1 + FADE)
        x, y = steps[old][:, place[part]], steps[new][:, place[part]]
        out, into = crossfade(steps[old], steps[new])
        assert np.abs(sound[:, part] - out * x - into * y).max() < 0.02 * np.abs(sound).max()


def assemble(blocks: list[Any]) -> Audio:
    """The recorded blocks in a row. A worklet gets every one of them."""
    places = [one[0] for one in blocks]
    assert np.all(np.diff(places) == 128)
    return np.asarray([np.concatenate([one[i] for one in blocks]) for i in (1, 2)], np.float32)


def align(sound: Audio, step: Audio) -> int:
    """Where in the loop the recording begins; it begins with this step."""
    head = sound[0, :2048]
    around = np.concatenate([step[0], step[0][: head.size - 1]])
    windows = np.lib.stride_tricks.sliding_window_view(around, head.size)
    return int(np.abs(windows - head).max(axis=1).argmin())
