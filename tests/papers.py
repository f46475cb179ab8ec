"""The files of the papers' networks by name: an effect pack that need not be installed."""

from pathlib import Path

FOLDER = Path(__file__).parents[1] / "models" / "packs" / "papers" / "effects"
PAPERS = {path.stem: path for path in sorted(FOLDER.glob("*.onnx"))}
