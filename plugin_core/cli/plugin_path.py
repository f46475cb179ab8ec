"""`tonecast plugin-path`: where the VST3 is."""

from __future__ import annotations

import click

from ..plugin_hosting.plugin import plugin_path


@click.command("plugin-path")
def plugin_path_command() -> None:
    """Print where the plugin for DAWs is, as `make plugin` has built it."""
    print(plugin_path())
