"""`tonecast plugin-path`: the path of the VST3."""

from __future__ import annotations

import click

from ..plugin_hosting.plugin import plugin_path


@click.command("plugin-path")
def plugin_path_command() -> None:
    """Print the path of the plugin for DAWs that `make plugin` builds."""
    print(plugin_path())
