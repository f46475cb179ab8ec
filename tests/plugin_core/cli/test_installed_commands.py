"""The command line knows names only: packages bring commands, and broken ones are named."""

import subprocess
import sys
from pathlib import Path

import click
import pytest
from tonecast.plugin_core.cli import tonecast
from tonecast.plugin_core.cli.installed_commands import GROUP
from tonecast.plugin_core.errors import Error

CONTEXT = click.Context(tonecast)


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The entry points file of an installed package with a module `acme_commands`."""
    (tmp_path / "acme_commands.py").write_text(
        "import click\n@click.command()\ndef hello():\n    print('hello')\n"
    )
    (tmp_path / "acme_torch.py").write_text("import acme_network\n")
    (tmp_path / "acme_broken.py").write_text("1 / 0\n")
    metadata = tmp_path / "acme-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: acme\nVersion: 1.0\n"
        "Requires-Dist: acme-network>=2; extra == 'fast'\n"
    )
    points = metadata / "entry_points.txt"
    points.write_text(
        f"[{GROUP}]\nhello = acme_commands:hello\nlearn = acme_torch:learn\n"
        "broken = acme_broken:command\nnumber = acme_commands:click\ninfo = acme_commands:hello\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    return points


def run(name: str) -> None:
    command = tonecast.get_command(CONTEXT, name)
    assert command is not None
    command.main([], standalone_mode=False)


def test_command_of_another_package_is_listed_and_runs(package, capsys) -> None:
    assert {"hello", "process", "train"} <= set(tonecast.list_commands(CONTEXT))
    run("hello")
    assert capsys.readouterr().out == "hello\n"


def test_own_command_is_not_replaced(package) -> None:
    command = tonecast.get_command(CONTEXT, "info")
    assert command is not None
    assert "parity with PyTorch" in (command.help or "")


def test_missing_module_is_named_with_the_extra_that_brings_it(package) -> None:
    with pytest.raises(
        Error,
        match=r"'tonecast learn' is not available: it needs acme_network; run "
        r"\"pip install 'acme\[fast\]'\"",
    ):
        run("learn")


def test_broken_command_is_named_and_the_others_run(package, capsys) -> None:
    with pytest.raises(Error, match="acme cannot be imported: ZeroDivisionError"):
        run("broken")
    with pytest.raises(Error, match="acme_commands:click of acme is no click command"):
        run("number")
    run("hello")


def test_unknown_command_is_none() -> None:
    assert tonecast.get_command(CONTEXT, "nothing") is None


def test_help_imports_neither_torch_nor_onnx() -> None:
    code = (
        "import sys; from tonecast.plugin_core.cli import tonecast\n"
        "tonecast.main(['--help'], standalone_mode=False)\n"
        "print(sorted({'torch', 'onnx'} & set(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.splitlines()[-1] == "[]"
