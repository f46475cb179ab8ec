"""`tonecast new`: what is in the folder runs as it is."""

import importlib
import runpy
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from command_line import names
from tonecast.models.new_effect.create import create


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A new folder, from which Python imports until the test ends."""
    path = tmp_path / "my-fuzz"
    create(path)
    monkeypatch.syspath_prepend(path)
    before = set(sys.modules)
    yield path
    for name in set(sys.modules) - before:
        if Path(getattr(sys.modules[name], "__file__", None) or "").parent == path:
            del sys.modules[name]


def run(script: Path, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> None:
    monkeypatch.setattr(sys, "argv", [str(script), *arguments])
    runpy.run_path(str(script), run_name="__main__")


def test_it_trains_exports_and_tests_itself(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match=r"amp.pt is not there yet; run python train.py first"):
        run(folder / "export.py", monkeypatch)
    run(folder / "train.py", monkeypatch, "0.01")
    assert capsys.readouterr().out.count("on what was held out") == 3
    run(folder / "export.py", monkeypatch)
    assert (folder / "my-fuzz.onnx").exists()
    own = importlib.import_module("test_effect")
    own.test_effect_is_what_was_learned()
    own.test_file_is_intact()
    assert "my-effect" not in "".join(path.read_text() for path in folder.glob("*.*y"))


def test_names_that_cannot_be_and_folders_that_are(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="an effect cannot be called 'My Fuzz'"):
        create(tmp_path / "My Fuzz")
    with pytest.raises(ValueError, match="nowhere is no folder; make it first"):
        create(tmp_path / "nowhere" / "my-fuzz")
    (tmp_path / "my-fuzz").mkdir()
    with pytest.raises(ValueError, match="my-fuzz is there already"):
        create(tmp_path / "my-fuzz")
    assert not names(tmp_path)
