"""Shipped effects play the same bits as when the record was written."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from tonecast.benchmarks.quality import sound_checksums
from tonecast.benchmarks.quality.sound_checksums import (
    BACKENDS,
    KERNELS,
    Record,
    backend_of,
    backends_of,
    baseline,
    compare,
    digest,
    effect_of,
    entries,
    incomparable,
    main,
)

FILE = Path(__file__).with_name("sound_checksums.json")
RECORD = Record.read(FILE)
INCOMPARABLE = incomparable(RECORD.made_on)
WRITE = (
    f"where that is meant: python -m {sound_checksums.__name__} write tests/benchmarks/{FILE.name}"
)


@pytest.mark.parametrize(
    ("effect", "backend"), sorted({(effect_of(key), backend_of(key)) for key in RECORD.checksums})
)
def test_the_sound_is_the_same(effect: str, backend: str) -> None:
    if backend in INCOMPARABLE:
        pytest.skip(INCOMPARABLE[backend])
    found = compare(RECORD, [effect], [backend])
    assert found.same
    assert not found.changed, WRITE
    assert not found.missing, WRITE
    assert not found.unrecorded, WRITE


def test_the_record_holds_every_effect_at_every_hop_and_three_rates() -> None:
    recorded: dict[tuple[str, str, int], set[int]] = {}
    for key in RECORD.checksums:
        _, hop, rate_hz, backend = key.split("/")
        recorded.setdefault((effect_of(key), backend, int(hop)), set()).add(int(rate_hz))
    for name, entry in entries().items():
        if entry.contract.kind != "effect":
            continue
        for backend in backends_of(entry):
            for hop in entry.contract.hop_sizes_samples:
                rates_hz = recorded.get((name, backend, hop), set())
                assert len(rates_hz) >= 3, f"{name} {backend} {hop}; {WRITE}"
                assert rates_hz >= set(entry.files)


def test_a_predictor_moved_the_control() -> None:
    sums = RECORD.checksums
    automatic = {key for key in sums if " attenuation=auto/" in key}
    assert len(automatic) >= 3
    for key in automatic:
        assert sums[key] != sums[key.replace("=auto/", "=0.4/")]


def test_the_signal_has_the_same_bits_everywhere() -> None:
    signal = sound_checksums.make_signal(48000)
    assert (signal.shape, signal.dtype) == ((2, 48000), np.float32)
    assert np.abs(signal).max() < 0.5
    found = hashlib.sha256(signal.astype("<f4").tobytes()).hexdigest()
    assert found == "1abd60fd4df37454b455587af48e4cd6b7fb095f04ca2a8ab0d8ed47bbd74829"


def test_what_proves_nothing_is_refused() -> None:
    for samples in (np.zeros((2, 9)), np.array([[1.0], [0.0]]), np.array([[np.nan], [1.0]])):
        with pytest.raises(ValueError, match="proves nothing"):
            digest(samples.astype(np.float32))


def test_a_difference_is_named_and_so_is_what_cannot_be_compared(tmp_path: Path) -> None:
    # A record of another machine: nothing but the identity is played, which is quick.
    only = "eq-lowshelf-48k"
    made_on = replace(sound_checksums.describe("abacus"), commit="a0b1c2d", onnxruntime="0.1")
    played = sound_checksums.sounds(baseline(), [only], ["identity"])
    right = {sound.key: digest(sound.play()) for sound in played}
    changed, unrecorded = list(right)[:2]
    wrong = {**right, changed: "0", f"{only}/7/7/identity": "0", f"{only}/7/7/kernel-fast": "0"}
    del wrong[unrecorded]
    Record(made_on, wrong).write(tmp_path / "record.json")

    found = CliRunner().invoke(main, ["compare", str(tmp_path / "record.json"), "--effect", only])
    assert found.exit_code == 1
    *reasons, differs, missing, new, summary = found.output.splitlines()
    assert [reason.partition(" is left out: ")[0] for reason in reasons] == [
        *KERNELS,
        "onnxruntime",
    ]
    assert "this machine runs no kernels for abacus" in reasons[0]
    assert "recorded with onnxruntime 0.1" in reasons[2]
    assert differs == f"{changed} differs"
    assert missing == f"{only}/7/7/identity is played no more"
    assert new == f"{unrecorded} is not in the record"
    assert summary == f"{len(right) - 2} sounds are the same bits as of a0b1c2d, 2 are not"


def test_an_instruction_set_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    found = CliRunner().invoke(
        main, ["write", str(tmp_path / "a.json"), "--kernels", "abacus", "--effect", "eq-lowshelf"]
    )
    assert found.exit_code == 1
    assert "abacus" in found.output.splitlines()[-1]
    assert not (tmp_path / "a.json").exists()


def test_another_architecture_leaves_nothing_to_compare() -> None:
    other = replace(RECORD.made_on, architecture="pdp11")
    assert set(incomparable(other)) == set(BACKENDS)
