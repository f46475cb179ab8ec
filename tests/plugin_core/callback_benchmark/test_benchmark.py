"""`tonecast bench`: what it measures, what it counts, and that nothing measured is lost.

No figure of time is held against a limit here: only what must be so on any machine.
"""

import json
import math
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import psutil  # type: ignore[import-untyped]
import pytest
from numpy.typing import NDArray
from tonecast import Error
from tonecast.plugin_core import _engine, cli
from tonecast.plugin_core.callback_benchmark import benchmark
from tonecast.plugin_core.callback_benchmark.benchmark import COUNTER, Case, Row
from tonecast.plugin_core.callback_benchmark.python_baseline import PythonBaseline
from tonecast.plugin_core.effect_files.catalog import find_effect
from tonecast.plugin_core.effect_files.loading import load_model

RATE_HZ = 48000
DURATION_S = 0.2
BLOCKS = (64, 512)
PROMISED = (
    "effect", "backend", "mode", "block", "rate_hz", "channels", "p50_us", "p99_us", "p999_us",
    "max_us", "budget_us", "misses", "late_frames", "allocations", "latency_samples",
)  # fmt: skip
counts_allocations = pytest.mark.skipif(
    not COUNTER.exists(), reason="allocations are counted with the GNU C library only"
)

CASE = Case("identity", "identity", "inline", 64, RATE_HZ, 2, DURATION_S, paced=True)


def run_cli(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [
            sys.executable,
            "-c",
            "from tonecast.plugin_core.cli import main; main()",
            "bench",
            *map(str, arguments),
        ],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **environment},
    )


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, list[dict[str, Any]]]:
    """What one short run said, and the JSON it wrote."""
    path = tmp_path_factory.mktemp("bench") / "rows.json"
    done = run_cli(
        *("resonance-eq", "identity", "nothing", "--blocks", "64,512", "--against-python"),
        *("--duration", DURATION_S, "--json", path, "--plot", path.with_suffix(".png")),
    )
    assert done.returncode == 0, done.stderr
    assert path.with_suffix(".png").read_bytes().startswith(b"\x89PNG")
    assert {found.name for found in path.parent.iterdir()} == {"rows.json", "rows.png"}
    return done.stdout, json.loads(path.read_text())


def rows_of(run: tuple[str, list[dict[str, Any]]]) -> list[dict[str, Any]]:
    return [row for row in run[1] if "machine" not in row]


def test_json_describes_the_machine_once_and_every_case_in_turn(
    run: tuple[str, list[dict[str, Any]]],
) -> None:
    (machine,) = (row["machine"] for row in run[1] if "machine" in row)
    assert machine["cores"] == os.cpu_count()
    assert machine["processor"]
    assert [(r["effect"], r["backend"], r["mode"], r["block"]) for r in rows_of(run)] == [
        *(("resonance-eq", "onnxruntime", mode, block)
          for mode in ("inline", "worker") for block in BLOCKS),
        *(("resonance-eq", "python+onnxruntime", "inline", block) for block in BLOCKS),
        *(("identity", "identity", mode, block)
          for mode in ("inline", "worker") for block in BLOCKS),
        *(("nothing", "none", "inline", block) for block in BLOCKS),
    ]  # fmt: skip


def test_rows_hold_together(run: tuple[str, list[dict[str, Any]]]) -> None:
    for row in rows_of(run):
        assert set(PROMISED) <= set(row)
        assert row["rate_hz"] == RATE_HZ
        assert row["channels"] == 2
        assert row["callbacks"] + row["skipped_blocks"] == math.ceil(
            DURATION_S * RATE_HZ / row["block"]
        )
        assert 0 <= row["p50_us"] <= row["p99_us"] <= row["p999_us"] <= row["max_us"]
        assert row["budget_us"] == pytest.approx(1e6 * row["block"] / RATE_HZ)
        assert row["budget_share"] == pytest.approx(row["p999_us"] / row["budget_us"])
        assert row["misses"] >= row["overruns"] + row["skipped_blocks"]
        assert row["late_frames"] >= 0
        assert row["bad_frames"] == 0
        assert row["latency_ms"] == pytest.approx(1000 * row["latency_samples"] / RATE_HZ)


def test_latency_is_a_frame_and_of_the_worker_a_hop_more(
    run: tuple[str, list[dict[str, Any]]],
) -> None:
    contract = find_effect("resonance-eq").contracts[RATE_HZ]
    for row in rows_of(run):
        expected = contract.frame_size_samples
        if row["mode"] == "worker":
            expected += contract.hop_size_samples
        assert row["latency_samples"] == (0 if row["effect"] == "nothing" else expected)


@counts_allocations
def test_callback_allocates_only_where_onnxruntime_runs_in_it(
    run: tuple[str, list[dict[str, Any]]],
) -> None:
    for row in rows_of(run):
        model_in_callback = "onnxruntime" in row["backend"] and row["mode"] == "inline"
        assert (row["allocations"] > 0) == model_in_callback, row
        assert (row["frees"] > 0) == model_in_callback, row


def test_pipe_gets_a_header_and_a_line_for_each_row(
    run: tuple[str, list[dict[str, Any]]],
) -> None:
    header, *lines = run[0].splitlines()
    assert header.startswith("Effect\tBackend\tMode\tBlock\t")
    assert [line.split("\t")[:4] for line in lines] == [
        [row["effect"], row["backend"], row["mode"], str(row["block"])] for row in rows_of(run)
    ]
    assert {len(line.split("\t")) for line in lines} == {len(header.split("\t"))}
    assert "\x1b" not in run[0]


def test_terminal_gets_a_table() -> None:
    done = run_cli(*("nothing", "--blocks", 256, "--duration", 0.1), FORCE_COLOR="1", COLUMNS="160")
    assert done.returncode == 0, done.stderr
    assert "nothing, none, inline" in done.stdout
    assert "5333" in done.stdout  # the budget of 256 samples


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("no-such-effect",), "no effect named 'no-such-effect'"),
        (("missing.onnx",), "missing.onnx"),
        (("--blocks", "0"), "a block of 0 samples cannot be played; choose from 1 to 65536"),
        (("--blocks", "64,70000"), "a block of 70000 samples cannot be played"),
        (("--blocks", "64,big"), "--blocks takes sizes such as 64,128,256"),
        (("--duration", "0"), "--duration"),
        (("--duration", "inf"), "--duration takes seconds"),
        (("--rate", "100"), "--rate"),
        (("--channels", "9"), "--channels"),
        (("--free-running", "--mode", "worker"), "late by construction"),
        (("nothing", "--free-running"), "use --paced"),
        (("resonance-eq", "--rate", "96000", "--against-python"), "at 44100 or 48000 Hz only"),
        (("--json", "no/such/folder/rows.json"), "rows.json cannot be written"),
        (("--json", "."), "is a folder"),
        (("--plot", "no/such/folder/tails.png"), "tails.png cannot be written"),
        (("--plot", "tails.txt"), "tails.txt cannot be drawn"),
    ],
)
def test_impossible_measurement_is_one_line_before_anything_is_measured(
    arguments: tuple[str, ...],
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(benchmark, "measure", None)
    monkeypatch.setattr(sys, "argv", ["tonecast", "bench", *arguments])
    with pytest.raises(SystemExit) as exit_:
        cli.main()
    out, err = capsys.readouterr()
    assert exit_.value.code == 2
    assert out == ""
    assert message in err
    assert len(err.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def test_fast_still_means_free_running_with_a_note(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["tonecast", "bench", "nothing", "--fast"])
    with pytest.raises(SystemExit):
        cli.main()
    note, error = capsys.readouterr().err.splitlines()
    assert note == "tonecast: --fast is called --free-running now; the old name will go"
    assert "use --paced" in error


def test_ctrl_c_keeps_the_rows_so_far(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    row = list(benchmark.measure(CASE))[-1]

    def interrupted(case: Case) -> Iterator[Row]:
        yield replace(row, block=case.block, callbacks=1)
        if case.block == 512:
            raise KeyboardInterrupt
        yield replace(row, block=case.block)

    path = tmp_path / "rows.json"
    monkeypatch.setattr(benchmark, "measure", interrupted)
    command = ["tonecast", "bench", "identity", "--mode", "inline", "--blocks", "64,512,1024"]
    monkeypatch.setattr(sys, "argv", [*command, "--json", str(path)])
    with pytest.raises(SystemExit) as exit_:
        cli.main()
    assert exit_.value.code == 130
    assert len(capsys.readouterr().out.splitlines()) == 1 + 2
    written = rows_of(("", json.loads(path.read_text())))
    assert [(r["block"], r["callbacks"]) for r in written] == [(64, row.callbacks), (512, 1)]


def test_case_that_cannot_be_played_does_not_keep_the_others_from_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    row = list(benchmark.measure(CASE))[-1]

    def refused(case: Case) -> Iterator[Row]:
        if case.block == 64:
            raise Error("a frame takes longer than its hop")
        yield replace(row, block=case.block)

    path = tmp_path / "rows.json"
    monkeypatch.setattr(benchmark, "measure", refused)
    command = ["tonecast", "bench", "identity", "--mode", "inline", "--blocks", "64,512"]
    monkeypatch.setattr(sys, "argv", [*command, "--json", str(path)])
    with pytest.raises(SystemExit) as exit_:
        cli.main()
    assert exit_.value.code == 2
    assert (
        "tonecast: identity, inline, 64: a frame takes longer than its hop"
        in capsys.readouterr().err
    )
    assert [r["block"] for r in rows_of(("", json.loads(path.read_text())))] == [512]


def test_measuring_process_ends_with_its_measurement() -> None:
    before = psutil.Process().children()
    rows = benchmark.measure(replace(CASE, duration_s=600.0))
    first = next(rows)
    assert 0 < first.callbacks < 600 * RATE_HZ / 64
    assert len(psutil.Process().children()) == len(before) + 1
    rows.close()  # type: ignore[attr-defined]
    assert psutil.Process().children() == before


def test_refusal_of_the_measuring_process_arrives_as_its_sentence(tmp_path: Path) -> None:
    with pytest.raises(Error, match=r"gone\.onnx"):
        list(benchmark.measure(replace(CASE, effect=str(tmp_path / "gone.onnx"))))


ALLOCATES = """
import time
from tonecast.plugin_core import _engine
kept = []
bench = _engine.Bench(lambda: kept.append(bytearray(1 << 20)), 48000, 480, 20, False)
bench.start()
while not bench.finished:
    time.sleep(0.01)
print(bench.report.allocations, len(kept))
"""


@counts_allocations
def test_callback_that_allocates_is_seen() -> None:
    done = subprocess.run(
        [sys.executable, "-c", ALLOCATES],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "LD_PRELOAD": str(COUNTER)},
    )
    allocations, calls = map(int, done.stdout.split())
    assert calls == 20
    assert allocations >= calls


def drive(function: Callable[[], object], blocks: int, paced: bool) -> _engine.Bench:
    driven = _engine.Bench(function, 48000, 48, blocks, paced)
    driven.start()
    while not driven.finished:
        time.sleep(0.005)
    driven.stop()
    return driven


def test_allocations_are_unknown_where_nobody_counts() -> None:
    assert drive(lambda: None, 3, paced=True).report.allocations is None


@pytest.mark.parametrize("paced", [True, False])
def test_callbacks_longer_than_their_blocks_are_misses(paced: bool) -> None:
    driven = drive(lambda: time.sleep(0.0035), 40, paced)  # a block lasts 1 ms; never sleeps less
    report = driven.report
    assert report.played_blocks + report.skipped_blocks == 40
    assert report.overruns == report.played_blocks == len(driven.callbacks)
    assert report.misses == 40
    assert (report.skipped_blocks > 0) == paced


def test_function_that_raises_is_reported() -> None:
    def fail() -> None:
        raise RuntimeError("the tape is torn")

    assert "the tape is torn" in (drive(fail, 2, paced=False).failure or "")


@pytest.mark.parametrize("block", [100, 1024, 5000])
def test_plain_way_makes_the_same_sound_equally_late(
    block: int, noise: Callable[..., NDArray[np.float32]]
) -> None:
    entry = find_effect("resonance-eq")
    sound = noise(2, 20_000)
    engine = _engine.Engine(load_model(entry.files[RATE_HZ]))
    engine.prepare(RATE_HZ, 2)
    by_engine = np.empty_like(sound)
    engine.process(sound, by_engine)

    loop = PythonBaseline(entry.files[RATE_HZ], entry.contracts[RATE_HZ], 2)
    starts = range(0, sound.shape[1], block)
    plain = np.concatenate([loop.process(sound[:, at : at + block]) for at in starts], axis=1)
    late = loop.latency_samples
    assert late == engine.latency_samples
    # Before the stream begins, the engine keeps silent about what a frame smears ahead of it.
    np.testing.assert_allclose(plain[:, late:], by_engine[:, late:], atol=1e-6)


def test_control_that_moves_by_itself_is_measured_with_its_predictor(
    predictor: Callable[..., Path], tmp_path: Path
) -> None:
    rows_path = tmp_path / "rows.json"
    done = run_cli(
        *("identity", "--blocks", "480", "--mode", "worker", "--duration", "2"),
        *("--set", f"attenuation=auto:{predictor()}", "--json", rows_path),
    )
    assert done.returncode == 0, done.stderr
    row = json.loads(rows_path.read_text())[1]
    played_s = row["callbacks"] * 480 / RATE_HZ  # a busy machine skips blocks
    assert row["predictions"] >= (played_s - 0.5) / 0.1 - 2  # windows of 0.5 s, every 0.1 s
    assert row["longest_prediction_us"] > 0
    assert row["settings"]["attenuation"].startswith("auto:")
    if COUNTER.exists():
        assert row["allocations"] == 0
    assert "predictions were late or bad" in done.stderr


def test_settings_that_cannot_be_are_one_line() -> None:
    for arguments, message in (
        (("identity", "--set", "low_hz=auto"), "low_hz cannot be automatic"),
        (("low-shelf", "--set", "attenuation=1"), "low-shelf has no control"),
        (("resonance-eq", "--set", "attenuation=1", "--against-python"), "leave out --set"),
    ):
        done = run_cli(*arguments)
        assert done.returncode == 2
        assert message in done.stderr
        assert done.stderr.count("\n") == 1
