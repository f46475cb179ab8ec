"""What the engine says of the error's derivatives is what differences say."""

from __future__ import annotations

import numpy as np
import pytest
from tonecast.plugin_core import _engine
from tonecast.plugin_core.errors import Error

RANDOM = np.random.default_rng(1)
SOUND = (RANDOM.uniform(-0.5, 0.5, 3000) * np.repeat(RANDOM.uniform(0.01, 1, 30), 100)).astype(
    np.float32
)
FILTERED = (0.8 * SOUND).astype(np.float32)
TARGET = (0.3 * SOUND).astype(np.float32)
COUNTS = np.arange(3000) > 200
PARAMETERS = np.array(
    [0.1, 0.5, 0.3, -25.0, 3.0, 0.02, 0.3, 0.05, 0.4, 0.9, 0.02, 0.01, 0.3], np.float64
)


def error_of(parameters: np.typing.NDArray[np.float64], above: bool, gain_db: float) -> float:
    louder = (FILTERED * 10 ** (gain_db / 20)).astype(np.float32)
    found = _engine.training.dynamics_normal_equations(
        parameters, above, SOUND, louder, TARGET, COUNTS
    )
    return found[2]


@pytest.mark.parametrize("above", [True, False])
def test_derivatives_are_those_of_differences(above: bool) -> None:
    matrix, gradient, error = _engine.training.dynamics_normal_equations(
        PARAMETERS, above, SOUND, FILTERED, TARGET, COUNTS
    )
    gain = _engine.training.dynamics_gain(PARAMETERS, above, SOUND)
    assert error == pytest.approx(np.square((FILTERED * gain - TARGET)[COUNTS]).sum(), rel=1e-4)
    for i in range(len(PARAMETERS)):
        step = np.zeros(len(PARAMETERS))
        step[i] = 1e-6 * abs(PARAMETERS[i])
        ahead, behind = (error_of(PARAMETERS + sign * step, above, 0) for sign in (1, -1))
        assert gradient[i] == pytest.approx((ahead - behind) / (4 * step[i]), rel=1e-4, abs=1e-7)
    ahead, behind = (error_of(PARAMETERS, above, sign * 0.01) for sign in (1, -1))
    assert gradient[-1] == pytest.approx((ahead - behind) / 0.04, rel=1e-3)
    assert np.array_equal(matrix, matrix.T)
    assert np.linalg.eigvalsh(matrix).min() > -1e-9 * np.linalg.eigvalsh(matrix).max()


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(Error, match="parameters must be 5, and 4 for each path, not 12"):
        _engine.training.dynamics_gain(PARAMETERS[:12], True, SOUND)
    with pytest.raises(Error, match="as long as each other"):
        _engine.training.dynamics_normal_equations(
            PARAMETERS, True, SOUND, FILTERED[:5], TARGET, COUNTS
        )
