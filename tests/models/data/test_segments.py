"""Segments: where they are cut, and what of the past comes with them."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from tonecast.models.data.note import Note
from tonecast.models.data.segments import Segments

SEGMENT, PAST = 50, 20


def note(samples: int, first: float) -> Note:
    """The wet sound counts up from `first`, the dry one is its negative."""
    wet = first + np.arange(samples, dtype=np.float32)
    return Note(str(first), str(first), "", None, -wet, wet)


@pytest.mark.parametrize("silence_before", [True, False])
def test_segments_come_with_their_past_and_never_cross_notes(silence_before: bool) -> None:
    segments = Segments([note(200, 1000), note(90, 2000)], SEGMENT, PAST, silence_before)
    missing = 0 if silence_before else PAST
    assert len(segments) == (200 - SEGMENT + 1 - missing) + (90 - SEGMENT + 1 - missing)
    dry, wet, *_ = segments.draw(500, torch.Generator().manual_seed(1))
    assert dry.shape == (500, PAST + SEGMENT)
    assert wet.shape == (500, SEGMENT)
    assert torch.equal(-dry[:, PAST:], wet)
    assert torch.equal(wet[:, 1:] - wet[:, :-1], torch.ones(500, SEGMENT - 1))
    before = -dry[:, :PAST]
    heard = before != 0
    assert torch.equal(before[heard], (wet[:, :1] - torch.arange(PAST, 0, -1))[heard])
    assert bool(heard.all()) != silence_before
    firsts = set(wet[:, 0].tolist())
    assert {1000.0 + missing, 1150.0, 2000.0 + missing, 2040.0} & firsts
    assert min(firsts) >= 1000 + missing
    assert max(firsts) <= 2040


def test_those_for_validation_do_not_overlap() -> None:
    segments = Segments([note(310, 1000), note(120, 2000)], SEGMENT, PAST)
    wet = segments.spread(100).wet
    assert wet[:, 0].tolist() == [1000, 1050, 1100, 1150, 1200, 1250, 2000, 2050]
    some = segments.spread(3).wet
    assert some[:, 0].tolist() == [1000, 1200, 2050]


def test_a_setting_counts_as_much_however_loud_it_is() -> None:
    """Sums over a setting's notes; one that is silent is taken for 60 dB below the loudest."""
    ends = [note(200, 1000), note(90, 2000), note(200, 5), note(200, 0)]
    ends[3].wet[:] = 0
    notes = [
        replace(end, conditions=(at,)) for end, at in zip(ends, (0.0, 0.0, 0.5, 1.0), strict=True)
    ]
    batch = Segments(notes, SEGMENT, PAST).draw(100, torch.Generator().manual_seed(1))
    rms = [
        float(np.sqrt(np.mean(np.concatenate(wet) ** 2)))
        for wet in ([ends[0].wet, ends[1].wet], [ends[2].wet])
    ]
    wanted = {0.0: rms[0], 0.5: rms[1], 1.0: rms[0] / 1000}
    for condition, level in zip(batch.conditions[:, 0].tolist(), batch.levels, strict=True):
        assert float(level) == pytest.approx(wanted[condition], rel=1e-5)
    out, wet = batch.compared(batch.wet * 0.9)
    assert torch.equal(wet, batch.wet / batch.levels)
    assert torch.equal(out, batch.wet * 0.9 / batch.levels)


def test_too_little_sound_is_refused() -> None:
    with pytest.raises(ValueError, match="no sound is long enough: the model learns from 50 samp"):
        Segments([note(60, 1000)], SEGMENT, PAST, silence_before=False)
