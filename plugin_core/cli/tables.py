"""Tables at a terminal, tab-separated lines in a pipe."""

from __future__ import annotations

from collections.abc import Sequence

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text


def print_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print rows under a header; in a pipe, the rows only, as plain text."""
    console = Console(highlight=False)
    if not console.is_terminal:
        for row in rows:
            print("\t".join(row))
        return
    table = Table(*header, box=box.SIMPLE_HEAD, pad_edge=False)
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    console.print(table)


def print_heading(text: str) -> None:
    """Print a line, in bold at a terminal."""
    Console(highlight=False).print(Text(text, style="bold"), soft_wrap=True)
