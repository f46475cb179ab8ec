"""A cache in files for arrays that take long to compute."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...plugin_core.atomic_write import atomic_write
from ...plugin_core.errors import Error


def cached_array(path: Path, compute: Callable[[], NDArray[Any]]) -> NDArray[Any]:
    """The array in `path`, of any shape, computed and written if missing. Raise tonecast.Error."""
    if not path.exists():
        array = compute()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with atomic_write(path) as draft, draft.open("wb") as file:
                np.save(file, array)
        except OSError as error:
            raise Error(f"{path}: cannot be written: {error.strerror}") from None
    kept: NDArray[Any] = np.load(path)
    return kept
