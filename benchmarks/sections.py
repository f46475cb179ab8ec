"""Pages of named sections, each of which can be rewritten while the others stay."""

from __future__ import annotations

import re
from pathlib import Path


def make_section(name: str, text: str) -> str:
    """A section that `read_sections` can find; names have no blanks."""
    return f"<!-- {name} -->\n{text}"


def read_sections(page: Path) -> dict[str, str]:
    """The sections of a page by name; none if there is no page yet."""
    if not page.exists():
        return {}
    parts = re.split(r"^(?=<!-- \S+ -->$)", page.read_text(), flags=re.MULTILINE)[1:]
    return {part[5 : part.index(" -->")]: part.rstrip() + "\n" for part in parts}
