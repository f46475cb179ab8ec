"""Every installed command, given what no command can use: one line, and a sensible exit code."""

import os
import re
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

import pytest
from tonecast.plugin_core import cli
from tonecast.plugin_core.cli.installed_commands import GROUP

ABSURD = {
    "too long": "x" * 5000,
    "too long a file": "x" * 300 + ".onnx",
    "too long a sound": "folder/" + "x" * 300 + ".wav",
    "no such folder": "no/such/folder/x",
    "a file as a folder": "a file/x.onnx",
    "a folder": "folder",
    "a folder with a suffix": "folder.onnx",
    "a folder of sound": "folder.wav",
    "no text": os.fsdecode(b"\xff\xfe.onnx"),
    "sound and no text": os.fsdecode(b"\xff.wav"),
    "line break": "a\nb",
    "escape code": "\x1b[31mred.wav",
    "empty": "",
    "a number": "1" * 400,
}
HERE = "@"
QUICK = ("identity", "--blocks", "64", "--duration", "0.01")
PAIR = ("--dry", "sound.wav", "--wet", "sound.wav")
EFFECT = ("-e", "resonance-eq")
SLOTS = {
    "bench": [
        (HERE,),
        (*QUICK, "--json", HERE),
        (*QUICK, "--plot", HERE),
        (*QUICK, "--blocks", HERE),
        (*QUICK, "--set", HERE),
    ],
    "completion": [(HERE,)],
    "demo": [("--out", HERE)],
    "devices": [(HERE,)],
    "doctor": [(HERE,)],
    "effects": [(HERE,), ("add", HERE), ("remove", HERE)],
    "export": [(HERE, "out.onnx"), ("a file", HERE)],
    "import": [(HERE,), (HERE, "out.onnx"), ("amp.nam", HERE), ("amp.nam", "--size", HERE)],
    "info": [(HERE,)],
    "install-plugin": [(HERE,), ("--format", HERE)],
    "listen": [
        ("make", HERE),
        ("make", "--abx", HERE, "sound.wav", "identity", "--out", "out"),
        ("make", "--abx", "sound.wav", "sound.wav", HERE, "--out", "out"),
        ("serve", HERE),
        ("report", HERE),
        ("export", HERE),
    ],
    "live": [
        (HERE, "--seconds", "0"),
        ("--device", HERE, "--seconds", "0"),
        ("--record", HERE, "--seconds", "0"),
        ("--set", HERE, "--seconds", "0"),
    ],
    "new": [(HERE,)],
    "plugin-path": [(HERE,)],
    "process": [
        ("sound.wav", "out.wav", "-e", HERE),
        ("sound.wav", "out.wav", *EFFECT, "--set", HERE),
        ("sound.wav", "out.wav", *EFFECT, "--set", f"attenuation=auto:{HERE}"),
        ("sound.wav", "out.wav", *EFFECT, "--plot", HERE),
        ("sound.wav", "out.wav", *EFFECT, "--cabinet", HERE),
    ],
    "train": [
        (HERE,),
        ("low-shelf", "--data", HERE),
        ("low-shelf", "--device", HERE),
        ("low-shelf", "--threads", HERE),
        ("--dry", HERE, "--wet", "sound.wav", "--name", "a"),
        (*PAIR, "--name", HERE),
        ("--ratings", HERE, "--name", "a"),
    ],
    "verify": [(HERE,)],
}
OWN = sorted(
    one.name for one in entry_points(group=GROUP) if one.dist and one.dist.name == "tonecast"
)
UNUSABLE = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]|Traceback")


def run(capsys: pytest.CaptureFixture[str], monkeypatch, *arguments: str) -> tuple[int, str]:
    """The exit code and what was said on standard error."""
    monkeypatch.setattr(sys, "argv", ["tonecast", *arguments])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return int(ended.value.code or 0), capsys.readouterr().err


def spoken(said: str) -> list[str]:
    """Errors; what a command tells of its progress is something else."""
    return [line for line in said.splitlines() if line.startswith("tonecast: ")]


def test_all_commands_are_driven() -> None:
    assert sorted(SLOTS) == OWN


@pytest.mark.parametrize("kind", ABSURD)
@pytest.mark.parametrize("command", sorted(set(SLOTS) - {"demo"}))
def test_absurd_values_are_one_line(
    command, kind, tmp_path, capsys, monkeypatch, noise, write_audio
) -> None:
    for needed in {"export", "import", "train"} & {command} and ("torch",):
        pytest.importorskip(needed)
    monkeypatch.chdir(tmp_path)
    for folder in ("folder", "folder.onnx", "folder.wav"):
        Path(folder).mkdir()
    Path("a file").write_text("hello")
    Path("amp.nam").write_text("{}")
    write_audio(Path("sound.wav"), noise(1, 500))
    for slots in SLOTS[command]:
        arguments = [part.replace(HERE, ABSURD[kind]) for part in slots]
        code, said = run(capsys, monkeypatch, command, *arguments)
        assert code in (0, 2), arguments
        assert not UNUSABLE.search(said), arguments
        if code:
            assert spoken(said) == [said.splitlines()[-1]], arguments
            assert not Path("out.wav").exists()


@pytest.mark.parametrize("kind", ["too long", "a file as a folder", "too long a file"])
def test_a_folder_that_cannot_be_made_is_one_line(kind, tmp_path, capsys, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a file").write_text("hello")
    for command in (("demo",), ("train", "low-shelf", "--data", ".")):
        code, said = run(capsys, monkeypatch, *command, "--out", ABSURD[kind])
        assert code == 2
        assert spoken(said) == [said.splitlines()[-1]]
        assert not UNUSABLE.search(said)


# Standard streams


def tonecast(*arguments: str, **options) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tonecast", *arguments]
    return subprocess.run(command, stderr=subprocess.PIPE, text=True, **options)


def test_the_package_is_the_command() -> None:
    assert "resonance-eq" in tonecast("effects", stdout=subprocess.PIPE).stdout


@pytest.mark.parametrize("command", SLOTS)
def test_closed_output_is_said_before_anything_is_done(command, tmp_path) -> None:
    arguments = [part.replace(HERE, "resonance-eq") for part in SLOTS[command][0]]
    done = tonecast(command, *arguments, cwd=tmp_path, preexec_fn=lambda: os.close(1))
    assert done.returncode == 2
    assert done.stderr.startswith("tonecast: standard output is closed")
    assert done.stderr.count("\n") == 1
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("command", [*SLOTS, ""])
def test_a_reader_that_is_gone_is_no_error_to_speak_of(command) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    arguments = (command, "--help") if command else ("--version",)
    done = tonecast(*arguments, stdout=writer)
    os.close(writer)
    assert (done.returncode, done.stderr) == (1, "")


@pytest.mark.skipif(not Path("/dev/full").is_char_device(), reason="needs /dev/full")
@pytest.mark.parametrize("command", [*SLOTS, ""])
def test_full_output_is_one_line(command) -> None:
    arguments = (command, "--help") if command else ("--version",)
    with Path("/dev/full").open("w") as full:
        done = tonecast(*arguments, stdout=full)
    assert done.returncode == 2
    assert re.fullmatch(r"tonecast: standard output cannot be written: [^\n]+\n", done.stderr)


@pytest.mark.parametrize("arguments", [("effects",), ("info", "resonance-eq")])
def test_results_that_nobody_gets_are_no_success(arguments) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = tonecast(*arguments, stdout=writer)
    os.close(writer)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "Broken" not in done.stderr


def test_closed_errors_do_not_land_in_files(tmp_path, noise, write_audio, read_audio) -> None:
    song = write_audio(tmp_path / "song.wav", noise(1, 5_000))
    out = tmp_path / "out.wav"
    done = subprocess.run(
        [sys.executable, "-m", "tonecast", "process", str(song), str(out), *EFFECT],
        stdout=subprocess.PIPE,
        preexec_fn=lambda: os.close(2),
    )
    assert done.returncode == 0
    assert read_audio(out).shape == (1, 5_000)
    refused = subprocess.run(
        [sys.executable, "-m", "tonecast", "info", "no-such-effect"],
        stdout=subprocess.PIPE,
        preexec_fn=lambda: os.close(2),
    )
    assert (refused.returncode, refused.stdout) == (2, b"")


def test_closed_input_is_empty() -> None:
    done = tonecast("effects", stdout=subprocess.PIPE, preexec_fn=lambda: os.close(0))
    assert done.returncode == 0
    assert "resonance-eq" in done.stdout
