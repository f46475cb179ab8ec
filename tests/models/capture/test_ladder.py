"""What the ladder takes of what was tried before it was stopped."""

from pathlib import Path

import numpy as np
import pytest
from tonecast.models.capture.ladder.ladder import Ladder
from tonecast.models.capture.ladder.limits import Limits
from tonecast.models.capture.ladder.tried import Tried, write_tried
from tonecast.models.capture.split import cut
from tonecast.models.data.pair.device_type import DeviceType
from tonecast.models.data.pair.pair import Pair

RATE_HZ = 8000
CREDIT = "made"


@pytest.mark.parametrize(
    ("family", "best"), [("linear", "filter"), ("wavenet", "WaveNet"), (None, "WaveNet")]
)
def test_what_the_limits_forbid_is_not_taken(family: str | None, best: str, tmp_path: Path) -> None:
    """An earlier run without limits had tried more."""
    tried = [Tried("filter", True, -10.0, 0.001, 0, 1.0), Tried("shaper", True, -20.0, 0.002, 0, 9)]
    tried += [
        Tried("small WaveNet", True, -30.0, 0.004, 0, 9),
        Tried("WaveNet", True, -40, 0.01, 0, 9),
    ]
    write_tried(tmp_path, CREDIT, tried)
    dry = np.random.default_rng(1).standard_normal(4 * RATE_HZ).astype(np.float32) / 8
    pair = Pair(dry, np.tanh(dry), RATE_HZ, DeviceType(-10, -20, -11), (), CREDIT)

    def nothing(_: object) -> None:
        pytest.fail("all of it had been tried")

    spans = cut(len(dry), RATE_HZ)
    ladder = Ladder(pair, spans, "box", tmp_path, nothing, "cpu", nothing, nothing)
    assert ladder.climb(1.0, Limits(family)).name == best
