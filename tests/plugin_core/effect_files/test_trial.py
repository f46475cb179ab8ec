"""Trying an effect file out in another process."""

from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
import tonecast
from cpp_build import ROOT, build
from papers import PAPERS
from tonecast.plugin_core.effect_files import trial

SHIPPED = ROOT / "models" / "artifacts"


@pytest.fixture(scope="module")
def hostile_onnxruntime() -> Path:
    """A library in place of ONNX Runtime, which does what HOSTILE says."""
    return build("hostile_onnxruntime") / "tests" / "libhostile_onnxruntime.so"


@pytest.fixture
def hostile(hostile_onnxruntime: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Has whatever is tried out from now on end in this way."""

    def be(what: str) -> None:
        monkeypatch.setenv("HOSTILE", what)
        monkeypatch.setattr(trial, "onnxruntime_library", lambda: hostile_onnxruntime)

    return be


@pytest.mark.parametrize(
    "path",
    [
        *(
            SHIPPED / f"{name}.onnx"
            for name in ("resonance-eq-48k", "overdrive", "attenuation-live")
        ),
        PAPERS["overdrive-48k"],
    ],
    ids=lambda path: path.stem,
)
def test_what_is_shipped_passes(path: Path) -> None:
    trial.try_in_child(path)


def test_a_file_that_is_refused_is_named_once(tmp_path: Path) -> None:
    path = tmp_path / "broken.onnx"
    path.write_bytes(b"no model")
    with pytest.raises(tonecast.Error, match="^" + str(path) + ": it is not an ONNX file") as error:
        trial.try_in_child(path)
    assert str(error.value).count("broken.onnx") == 1
    with pytest.raises(tonecast.Error, match=r"missing\.onnx: there is no such file"):
        trial.try_in_child(tmp_path / "missing.onnx")


def test_names_are_no_options_and_may_hold_anything(tmp_path: Path) -> None:
    path = tmp_path / "--help; $(rm) 'é\n.onnx"
    path.write_bytes((SHIPPED / "low-shelf.onnx").read_bytes())
    trial.try_in_child(path)


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("crash", "it ends the process that plays it (Aborted); do not use it"),
        ("memory", "it needs more than 2560 MiB of memory"),
        pytest.param(
            "spin",
            "opening it and playing a second of sound takes more than 10 s",
            marks=pytest.mark.slow,
        ),
    ],
)
def test_what_ends_the_other_process_becomes_a_sentence(
    hostile: Callable[[str], None], tmp_path: Path, what: str, said: str
) -> None:
    hostile(what)
    with pytest.raises(tonecast.Error) as error:
        trial.try_in_child(tmp_path / "effect.onnx")
    assert str(error.value) == f"{tmp_path / 'effect.onnx'}: {said}"


def test_the_program_leaves_nothing_behind(
    hostile: Callable[[str], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    children = psutil.Process().children()
    trial.try_in_child(SHIPPED / "low-shelf.onnx")
    hostile("crash")
    with pytest.raises(tonecast.Error):
        trial.try_in_child(SHIPPED / "low-shelf.onnx")
    assert list(tmp_path.iterdir()) == []
    assert psutil.Process().children() == children
