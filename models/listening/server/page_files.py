"""The files of the page, read once: no path of a request reaches the file system."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "page"
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
}


@dataclass(frozen=True)
class PageFile:
    """A file's content, and its type for the browser."""

    content: bytes
    media_type: str


def read_page() -> dict[str, PageFile]:
    """All files by their path in the page's folder."""
    return {
        one.relative_to(FOLDER).as_posix(): PageFile(one.read_bytes(), TYPES[one.suffix])
        for one in sorted(FOLDER.rglob("*"))
        if one.suffix in TYPES
    }
