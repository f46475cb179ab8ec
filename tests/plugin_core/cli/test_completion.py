"""What a shell offers while a command is typed."""

import os
import shutil
import subprocess
import sys

import pytest
from click.shell_completion import ShellComplete
from tonecast.plugin_core.cli import tonecast as command_line
from tonecast.plugin_core.cli import words
from tonecast.plugin_core.cli.completion import SHELLS, VARIABLE


def offered(*typed: str) -> list[str]:
    *before, begun = typed
    shell = ShellComplete(command_line, {}, "tonecast", VARIABLE)
    return [item.value for item in shell.get_completions(before, begun) if item.type == "plain"]


def test_commands_effects_and_controls_are_offered() -> None:
    assert offered("d") == ["demo", "devices", "doctor"]
    assert offered("effects", "a") == ["add"]
    assert offered("info", "resonance") == ["resonance-eq", "resonance-eq-live"]
    assert offered("live", "low-") == ["low-shelf"]
    assert offered("process", "in.wav", "-e", "over") == ["overdrive"]
    assert offered("process", "in.wav", "-e", "resonance-eq", "-s", "thr") == ["threshold_db="]


def test_only_effects_that_can_be_removed_are_offered(own_effects, monkeypatch) -> None:
    assert offered("effects", "remove", "") == []
    (own_effects / "mine.nam").write_text(
        '{"version": "0.5.4", "architecture": "Linear", "weights": [1.0], "sample_rate": 48000,'
        ' "config": {"receptive_field": 1, "bias": false}}'
    )
    assert offered("effects", "remove", "") == ["mine"]


def test_what_is_broken_gives_no_words(monkeypatch, capsys) -> None:
    def fail(context: object) -> list[str]:
        raise OSError("no sound server")

    assert words._completer(fail)(None, None, "") == []
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("shell", SHELLS)
def test_script_is_for_that_shell(tonecast, shell) -> None:
    assert tonecast("completion", shell) == 0
    assert f"{VARIABLE}={shell}_complete" in tonecast.out


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
def test_bash_completes_with_the_script(tonecast, tmp_path) -> None:
    assert tonecast("completion", "bash") == 0
    command = tmp_path / "tonecast"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m tonecast "$@"\n')
    command.chmod(0o755)
    typed = (
        f"{tonecast.out}\nCOMP_WORDS=(tonecast info resonance) COMP_CWORD=2\n"
        "compopt() { :; }\n_tonecast_completion tonecast\nprintf '%s\\n' \"${COMPREPLY[@]}\"\n"
    )
    path = {"PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(
        ["bash", "-c", typed],
        env={**os.environ, **path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.split() == ["resonance-eq", "resonance-eq-live"]
