"""Write THIRD_PARTY.md: what our downloads hold that others have made, and under which licences.

    python licences/write.py

Code comes from components.toml, and its licence texts from texts/; data from the contracts of the
effects that ship.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from tonecast import shipped_effects

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

FOLDER = Path(__file__).resolve().parent
PAGE = FOLDER.parent / "THIRD_PARTY.md"
OWN = "GPL-3.0-or-later"
HEAD = """# What others have made

Written by `python licences/write.py`. Tonecast itself is GPL-3.0-or-later, see [LICENSE](LICENSE).

The wheel holds no other code than is listed here: NumPy, ONNX Runtime, pedalboard and what else it
needs are packages of their own, which pip installs with their own licences. The plugin on Linux
takes the C++ library, ALSA, X11, FreeType, zlib, libpng and libjpeg from the system. The browser
page of listening experiments and the plugin's window hold no code, fonts or pictures of others.

"""


def components() -> list[dict[str, Any]]:
    """The entries of components.toml."""
    with (FOLDER / "components.toml").open("rb") as file:
        listed: list[dict[str, Any]] = tomllib.load(file)["component"]
    return listed


def page() -> str:
    """The whole text of THIRD_PARTY.md."""
    return "\n".join([HEAD + _code(), _data(), _texts()])


def _code() -> str:
    rows = [
        f"| [{one['name']}]({one['home']}) | {one['what']} | {', '.join(one['in'])} "
        f"| {one['licence']} |"
        for one in components()
    ]
    return _table("Code", ("component", "what it is", "in", "licence"), rows)


def _data() -> str:
    """Effects are our own work; what they have learned from is that of others."""
    rows = []
    for name, entry in shipped_effects().items():
        origin = entry.contract.provenance
        if set(origin.licences) != {OWN}:
            rows.append(f"| `{name}` | {origin.data} | {', '.join(origin.licences)} |")
    head = ("effect", "learned from", "licences of that")
    return _table("Recordings that effects have learned from", head, rows)


def _texts() -> str:
    parts = ["## Licence texts", "", "Of what is GPL-3.0, the text is [LICENSE](LICENSE)."]
    for one in components():
        if one["text"]:
            text = (FOLDER / "texts" / one["text"]).read_text(encoding="utf-8").strip()
            parts += ["", f"### {one['name']}", "", "```text", text, "```"]
    return "\n".join(parts) + "\n"


def _table(title: str, head: tuple[str, ...], rows: list[str]) -> str:
    lines = [f"## {title}", "", f"| {' | '.join(head)} |", "|" + "---|" * len(head), *rows]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
