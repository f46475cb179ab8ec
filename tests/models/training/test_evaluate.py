import math

import numpy as np
import pytest
from tonecast.models.training.evaluate import compare


def test_tenth_less_is_an_esr_of_a_hundredth() -> None:
    rng = np.random.default_rng(1)
    wanted = [(level * rng.standard_normal(3000)).astype(np.float32) for level in (0.1, 0.01)]
    found = compare([0.9 * note for note in wanted], wanted, 1024)
    assert found.esr == pytest.approx(0.01, rel=1e-4)
    assert found.median_esr == pytest.approx(0.01, rel=1e-4)
    assert found.kl == pytest.approx(0, abs=1e-6)
    assert found.paper_loss == found.kl + found.mse + found.mae


def test_loud_notes_decide_the_esr_and_not_the_median() -> None:
    note = np.random.default_rng(1).standard_normal(3000).astype(np.float32)
    wanted = [note, 0.01 * note, 0.01 * note]
    found = compare([note, 0 * note, 0 * note], wanted, 1024)
    assert 10 * math.log10(found.esr) == pytest.approx(-37, abs=0.1)
    assert found.median_esr == 1
