import numpy as np
from tonecast.models.data.pair.excerpt import EXCERPT_S, loudest_excerpt

RATE_HZ = 100


def test_short_pair_is_taken_whole_and_of_a_long_one_the_loudest_part() -> None:
    dry = np.full(600 * RATE_HZ, 0.1, np.float32)
    dry[333 * RATE_HZ : 400 * RATE_HZ] = 1.0
    wet = np.arange(len(dry), dtype=np.float32)
    short = dry[: 100 * RATE_HZ]
    assert loudest_excerpt(short, short, RATE_HZ)[0] is short
    part, beside = loudest_excerpt(dry, wet, RATE_HZ)
    assert len(part) == len(beside) == EXCERPT_S * RATE_HZ
    begin = int(beside[0])
    np.testing.assert_array_equal(part, dry[begin : begin + len(part)])
    assert (part == 1.0).sum() == 67 * RATE_HZ
    dry[-50 * RATE_HZ - 7 :] = 3.0
    assert loudest_excerpt(dry, wet, RATE_HZ)[1][-1] >= wet[-1] - RATE_HZ
