"""The terminal while `tonecast live` plays: lines that stay and, on a terminal, a panel below."""

from __future__ import annotations

from contextlib import suppress
from types import TracebackType

from rich.console import Console, RenderableType
from rich.live import Live

from ..messages import say


class LiveScreen:
    """Standard error. Its loss is no reason to stop the music: then nothing is shown any more."""

    def __init__(self) -> None:
        console = Console(stderr=True)
        self._live: Live | None = None
        if console.is_terminal:
            self._live = Live(console=console, auto_refresh=False, transient=True)

    @property
    def has_panel(self) -> bool:
        """Whether there is a terminal to draw on."""
        return self._live is not None

    def say(self, text: str) -> None:
        """Print a line."""
        if self._live is None:
            say(text)
            return
        with suppress(OSError):
            self._live.console.print(f"tonecast: {text}", markup=False, highlight=False)

    def show(self, panel: RenderableType) -> None:
        """Draw the panel anew."""
        if self._live is not None:
            try:
                self._live.update(panel, refresh=True)
            except OSError:
                self._live = None

    def __enter__(self) -> LiveScreen:
        if self._live is not None:
            self._live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._live is not None:
            with suppress(OSError):
                self._live.stop()
