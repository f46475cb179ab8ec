import numpy as np
import pytest
from tonecast.models.iso226 import equal_loudness_contour_db


@pytest.mark.parametrize(
    ("frequency_hz", "loudness_phon", "level_db"),
    [(1000, 80, 80.0), (20, 40, 99.9), (100, 40, 64.4), (12_500, 40, 51.5)],
)
def test_values_published_with_the_standard(
    frequency_hz: float, loudness_phon: float, level_db: float
) -> None:
    contour_db = equal_loudness_contour_db(np.array([frequency_hz], float), loudness_phon)
    assert contour_db[0] == pytest.approx(level_db, abs=0.06)


def test_last_values_hold_where_the_standard_ends() -> None:
    below, first, last, above = equal_loudness_contour_db(np.array([0.0, 20, 12_500, 24_000]), 80)
    assert below == first
    assert above == last
