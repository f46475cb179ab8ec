"""The folder that effects and presets of one's own go to."""

from __future__ import annotations

import tempfile
from pathlib import Path

from platformdirs import user_data_path

from .finding import Finding

TOPIC = "home"


def data_folder() -> list[Finding]:
    """Whether it can be written, or made. Found out by writing, and nothing is left there."""
    folder = Path(user_data_path("tonecast", appauthor=False))
    nearest = next((path for path in (folder, *folder.parents) if path.is_dir()), folder)
    try:
        with tempfile.TemporaryFile(dir=nearest):
            pass
    except OSError as error:
        text = (
            f"{nearest} cannot be written ({error.strerror}): effects play, but none of your own "
            f"can be added there, and the plugin keeps no presets"
        )
        return [Finding(TOPIC, "limited", text, f"chmod u+w {nearest}, or set XDG_DATA_HOME")]
    return [Finding(TOPIC, "works", f"{folder} can be written")]
