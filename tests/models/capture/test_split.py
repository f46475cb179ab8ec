import numpy as np
import pytest
from tonecast.models.capture.split import cut

RATE_HZ = 16_000


@pytest.mark.parametrize("seconds", [3, 5, 17, 60, 200])
def test_parts_are_more_than_a_frame_apart(seconds: int) -> None:
    frame = 512  # the longest of a CAE or CAFx at this rate
    spans = cut(seconds * RATE_HZ, RATE_HZ)
    uses = np.full(seconds * RATE_HZ, -1)
    for use, parts in enumerate((spans.training, spans.validation, spans.test)):
        for begin, end in parts:
            assert begin < end
            assert (uses[begin:end] == -1).all()
            uses[begin:end] = use
    used = np.flatnonzero(uses >= 0)
    changes = np.flatnonzero(np.diff(uses[used]))
    assert len(changes) == 3 * len(spans.test) - 1
    assert (used[changes + 1] - used[changes] > frame).all()


def test_long_recordings_are_cut_at_several_places() -> None:
    spans = cut(60 * RATE_HZ, RATE_HZ)
    assert len(spans.test) == 6
    tested_s = sum(end - begin for begin, end in spans.test) / RATE_HZ
    assert 0.14 * 60 < tested_s <= 0.15 * 60
    assert spans.test[-1][1] == 60 * RATE_HZ
