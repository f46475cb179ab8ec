"""`tonecast completion`: what a shell needs to complete the words of a command."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

VARIABLE = "_TONECAST_COMPLETE"  # by which click is asked for words
SHELLS = ("bash", "zsh", "fish")


@click.command()
@click.argument("shell", type=click.Choice(SHELLS))
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    """Print a script that completes commands, options, effects, controls and devices.

    \b
    bash: tonecast completion bash > ~/.local/share/bash-completion/completions/tonecast
    zsh:  tonecast completion zsh > FOLDER/_tonecast, with a FOLDER of $fpath, before compinit
    fish: tonecast completion fish > ~/.config/fish/completions/tonecast.fish
    """  # noqa: D301
    kind = get_completion_class(shell)
    assert kind is not None  # click knows all three
    root = context.find_root().command
    print(kind(root, {}, "tonecast", VARIABLE).source())
