"""`tonecast install-plugin` and `tonecast plugin-path`: the plugin for DAWs."""

from __future__ import annotations

from pathlib import Path

import click

from ..plugin_hosting.bundles import FORMATS
from ..plugin_hosting.install import install, uninstall
from ..plugin_hosting.plugin import plugin_path


@click.command("install-plugin")
@click.argument("package", required=False, type=click.Path(path_type=Path, exists=True))
@click.option(
    "--format",
    "formats",
    multiple=True,
    type=click.Choice([one.name for one in FORMATS], case_sensitive=False),
    help="Only this one; may be given several times.",
)
@click.option("--uninstall", "remove", is_flag=True, help="Take it out of these folders again.")
def install_plugin(package: Path | None, formats: tuple[str, ...], remove: bool) -> None:
    """Install the plugin for DAWs, for this user alone.

    PACKAGE is the zip that was downloaded, or a folder; without it, what `make plugin` has built.
    An older plugin is replaced by a whole one, or stays. Effects and presets of your own are
    elsewhere, and stay.
    """
    if remove:
        if package is not None:
            raise click.UsageError("--uninstall takes no package")
        removed = uninstall(formats)
        for path in removed:
            print(f"removed {path}")
        if not removed:
            print("nothing is installed in your folders")
        return
    for done in install(package, formats):
        replaced = "" if done.replaced is None else f", in place of {done.replaced}"
        print(f"{done.format.name} {done.version or 'of unknown version'}: {done.path}{replaced}")
    print("DAWs find it when they look for plugins the next time")


@click.command("plugin-path")
def plugin_path_command() -> None:
    """Print the path of the plugin for DAWs that `make plugin` builds."""
    print(plugin_path())
