import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pedalboard
import pytest
import tonecast
from numpy.typing import NDArray
from system_packages import plugin_is_missing
from tonecast.plugin_core.plugin_hosting.plugin import plugin_path

Samples = NDArray[np.float32]
sys.path.append(str(Path(__file__).parent))  # for the helpers beside the tests


@pytest.fixture(scope="session")
def vst3() -> str:
    try:
        return str(plugin_path())
    except tonecast.Error as error:
        pytest.skip(plugin_is_missing(str(error)))


@pytest.fixture(scope="session")
def bundles(vst3: str) -> Path:
    """The folder of all that was built: VST3, LV2 and Standalone."""
    return Path(vst3).parents[1]


@pytest.fixture
def load(vst3: str) -> Callable[..., pedalboard.VST3Plugin]:
    """Loads the plugin with its limiter off: however loud, it plays Python's samples."""

    def load_unlimited(*arguments: object, **settings: object) -> pedalboard.VST3Plugin:
        plugin = tonecast.load_plugin(*arguments, **settings)
        plugin.limiter = False
        return plugin

    return load_unlimited


@pytest.fixture(scope="session")
def effects() -> list[str]:
    """The names of the shipped effects, without predictors."""
    shipped = tonecast.shipped_effects().values()
    return [entry.name for entry in shipped if entry.contract.kind == "effect"]


@pytest.fixture
def noise() -> Callable[..., Samples]:
    def make(channels: int, samples: int, seed: int = 1) -> Samples:
        rng = np.random.default_rng(seed)
        return (0.1 * rng.standard_normal((channels, samples))).astype(np.float32)

    return make
