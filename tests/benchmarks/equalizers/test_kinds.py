"""Frames of several kinds of sound, drawn equally often."""

from __future__ import annotations

import numpy as np
import torch
from tonecast.benchmarks.equalizers.kinds import LEVELS_DB, EqualKinds
from tonecast.models.data.note import Note
from tonecast.plugin_core.samples import Samples

FRAME, HOP = 256, 64


def _note(name: str, dry: Samples) -> Note:
    return Note(name, name, "", None, dry, 2 * dry)


def test_each_kind_and_level_is_drawn_as_often_as_any_other() -> None:
    # One kind is as loud and long as may be, the other quiet and short; they differ in sign.
    kinds = {
        "loud": [_note("a", np.ones(20_000, np.float32)), _note("b", np.ones(5_000, np.float32))],
        "quiet": [_note("c", np.full(2_000, -0.01, np.float32))],
    }
    frames = EqualKinds(kinds, FRAME, HOP)
    dry, wet, *_ = frames.draw(3000, torch.Generator().manual_seed(1))
    torch.testing.assert_close(wet, 2 * dry)
    loud = dry.sum(dim=1) > 0
    assert 0.45 < float(loud.float().mean()) < 0.55
    peaks_db = 20 * dry.abs().amax(dim=1)[loud].log10()
    for level_db in LEVELS_DB:
        assert 0.25 < float((peaks_db - level_db).abs().lt(1).float().mean()) < 0.42


def test_no_kind_reaches_into_the_frames_of_another() -> None:
    kinds = {name: [_note(name, np.full(1_000, 0.5, np.float32))] for name in ("a", "b", "c")}
    frames = EqualKinds(kinds, FRAME, HOP)
    assert len(frames) % 3 == 0
    shares = torch.stack([some[-1] for some in torch.chunk(frames.cumulative, 3)])
    torch.testing.assert_close(shares, torch.tensor([1, 2, 3], dtype=torch.float64) / 3)
