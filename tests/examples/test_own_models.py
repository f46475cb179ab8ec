"""The worked examples of own models run as they are, here for a few steps."""

import runpy
import sys
from pathlib import Path

import pytest
import tonecast

pytest.importorskip("torch", reason="exports need PyTorch: pip install 'tonecast[train]'")
pytest.importorskip("onnxscript", reason="exports need onnxscript")

FOLDER = Path(__file__).parents[2] / "examples" / "own_models"
EXAMPLES = sorted(path.stem for path in FOLDER.glob("*.py"))


def test_there_are_some_and_each_is_short() -> None:
    assert EXAMPLES == ["lstm_amplifier", "sidechain_ducker", "spectral_denoiser"]
    for name in EXAMPLES:
        assert len((FOLDER / f"{name}.py").read_text(encoding="utf-8").splitlines()) < 100


@pytest.mark.slow
@pytest.mark.parametrize("name", EXAMPLES)
def test_example_learns_tells_how_well_and_makes_an_effect(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", [name, "2"])
    runpy.run_path(str(FOLDER / f"{name}.py"), run_name="__main__")
    assert "held" in capsys.readouterr().out
    (effect,) = tmp_path.glob("*.onnx")
    assert tonecast.verify(effect).passed
