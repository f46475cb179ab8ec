"""The papers' networks, which come in an effect pack of their own: models/packs/papers."""

from __future__ import annotations

from ..plugin_core.effect_files.catalog import EffectEntry, read_effect
from .machine import ROOT

EFFECTS = ROOT / "models" / "packs" / "papers" / "effects"
CONFIGS = ROOT / "models" / "configs" / "papers"


def papers_effects() -> dict[str, EffectEntry]:
    """By name; they are read from the repository, and need not be installed."""
    entries = [read_effect(path) for path in sorted(EFFECTS.glob("*.onnx"))]
    return {entry.name: entry for entry in entries}
