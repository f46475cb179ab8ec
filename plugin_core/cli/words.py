"""What shells complete: names of effects, their controls, and audio devices.

Nobody reads an error while typing, so what is broken gives no words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import click
from click.shell_completion import CompletionItem

Completer = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]
FILE = "file"  # the shell adds those that fit


def _completer(words: Callable[[click.Context], Iterable[str]], *kinds: str) -> Completer:
    """Completes what begins as one of the words; `kinds` are what the shell knows by itself."""

    def complete(
        context: click.Context, parameter: click.Parameter, begun: str
    ) -> list[CompletionItem]:
        try:
            fitting = sorted({word for word in words(context) if word.startswith(begun)})
        except Exception:
            fitting = []
        # First, for bash forgets what came before.
        shells_own = [CompletionItem(begun, type=kind) for kind in kinds]
        return [*shells_own, *map(CompletionItem, fitting)]

    return complete


def _effects(context: click.Context) -> Iterable[str]:
    from ..effect_files.catalog import read_catalog

    entries = read_catalog().entries.values()
    return [entry.name for entry in entries if entry.contract.kind == "effect"]


def _own_effects(context: click.Context) -> Iterable[str]:
    from ..effect_files.catalog import USER, read_catalog

    return [entry.name for entry in read_catalog().entries.values() if entry.source == USER]


def _settings(context: click.Context) -> Iterable[str]:
    """The controls of the effect that the command names already."""
    from ..effect_files.catalog import find_effect

    named = context.params.get("name") or next(iter(context.params.get("effects") or ()), None)
    return [f"{control.name}=" for control in find_effect(named or "resonance-eq").controls]


def _devices(context: click.Context) -> Iterable[str]:
    from ..live.audio_devices import audio_devices

    return [device.name for device in audio_devices()]


complete_effect = _completer(_effects, FILE)
complete_own_effect = _completer(_own_effects)
complete_setting = _completer(_settings)
complete_device = _completer(_devices)
