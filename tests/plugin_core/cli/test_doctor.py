"""What is broken is named, with the command that mends it, and the rest is looked at, too."""

import shutil
import sys
from pathlib import Path

import pytest
from sickbed import Sickbed, newer_effect, write_plugin
from tonecast.plugin_core import _engine
from tonecast.plugin_core.cli.doctor import MARKS
from tonecast.plugin_core.doctor import examination
from tonecast.plugin_core.doctor.finding import Finding

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the faults are made for Linux")


@pytest.fixture
def sickbed(tmp_path: Path) -> Sickbed:
    return Sickbed(tmp_path)


def test_every_fault_is_named_with_what_mends_it(sickbed) -> None:
    library = sickbed.cut_onnxruntime_short()
    sickbed.install_another_version()
    sickbed.hide_portaudio()
    newer_effect(sickbed.effects)
    (sickbed.effects / "broken.onnx").write_bytes(b"no effect")
    write_plugin(sickbed.home / "built", version="0.0.8")
    built = sickbed.home / "built"
    shutil.rmtree(built / "Tonecast.vst3/Contents/Resources/effects")
    for name in ("vst3", "lv2"):
        shutil.copytree(built / f"Tonecast.{name}", sickbed.home / f".{name}/Tonecast.{name}")
    sickbed.effects.parent.chmod(0o555)
    sickbed.effects.chmod(0o555)
    code, found = sickbed.findings()
    assert code == 1

    (two,) = found["tonecast"]
    assert two["state"] == "broken"
    assert "2 versions are installed at once: 0.0.9 in" in two["text"]
    assert "pip uninstall tonecast" in two["remedy"]
    (cut,) = found["ONNX Runtime"]
    assert cut["state"] == "broken"
    assert str(library) in cut["text"] or "was ended by SIGBUS" in cut["text"]
    assert "pip install" in cut["remedy"]
    effects, *skipped = found["effects"]
    assert effects["state"] == "works"
    assert [one["state"] for one in skipped] == ["limited", "limited"]
    assert "broken.onnx was skipped" in skipped[0]["text"]
    assert "made for contract version 9" in skipped[1]["text"]
    assert skipped[1]["remedy"] == "pip install --upgrade tonecast"
    (home,) = found["home"]
    assert home["state"] == "limited"
    assert "cannot be written (Permission denied)" in home["text"]
    (devices,) = found["devices"]
    assert (devices["state"], devices["text"]) == ("absent", "PortAudio is missing")
    assert "libportaudio2" in devices["remedy"]
    (priority,) = found["real time"]
    assert priority["state"] == "limited"
    assert "rtprio 95" in priority["remedy"]
    (vst3,) = found["plugin VST3"]
    assert vst3["state"] == "broken"
    assert vst3["text"].endswith("Tonecast.vst3 lacks its effects")
    (lv2,) = found["plugin LV2"]
    assert lv2["state"] == "limited"
    assert "it is 0.0.8, the package 0.0.9" in lv2["text"]
    (standalone,) = found["plugin standalone"]
    assert standalone["state"] == "absent"
    assert [one["state"] for one in found["engine"]] == ["works"]


def test_without_an_engine_the_rest_is_looked_at_and_commands_say_why(sickbed) -> None:
    sickbed.hide_engine()
    code, found = sickbed.findings()
    assert code == 1
    (engine,) = found["engine"]
    assert (engine["state"], engine["text"]) == ("broken", "tonecast's engine is not built")
    assert engine["remedy"] == "pip install -e . in the repository"
    for topic in ("ONNX Runtime", "effects"):
        assert "the engine" in found[topic][0]["text"]
    assert found["tonecast"][0]["state"] == found["home"][0]["state"] == "works"
    done = sickbed.run("effects")
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "engine is not built" in done.stderr
    assert "'tonecast doctor' says what is broken" in done.stderr


def test_an_engine_that_ends_its_process_ends_no_other(sickbed, monkeypatch) -> None:
    cut = sickbed.home / Path(_engine.__file__).name
    cut.write_bytes(Path(_engine.__file__).read_bytes()[:100_000])
    sickbed.hide_engine(str(cut))
    monkeypatch.setenv("PYTHONPATH", str(sickbed.packages))
    (engine,) = examination._in_a_process_of_its_own("engine")
    assert engine.state == "broken"
    assert str(cut) in engine.text or "was ended by SIG" in engine.text
    assert engine.remedy.startswith("pip install --force-reinstall")


def test_a_check_that_fails_by_itself_is_a_line(monkeypatch, capsys) -> None:
    def fail() -> list[Finding]:
        raise RuntimeError("no\nidea")

    checks = {"weather": fail, "Python": examination.CHECKS["Python"]}
    monkeypatch.setattr(examination, "CHECKS", checks)
    weather, python = examination.examine()
    assert weather.text == "could not be looked at: RuntimeError: no idea"
    assert (weather.state, python.state) == ("broken", "works")


def test_report_can_be_read_where_there_is_nothing_but_ascii(tonecast, monkeypatch) -> None:
    findings = [Finding("a", "works", "well"), Finding("b", "broken", "b\nad", "pip install b")]
    monkeypatch.setattr(examination, "examine", lambda: iter(findings))
    assert tonecast("doctor") == 1
    assert tonecast.out.splitlines()[1:3] == [
        f"✗ b{' ' * 18}b\\nad",
        f"{' ' * 21}→ pip install b",
    ]
    assert tonecast.out.endswith("1 works, 1 broken\n")
    plain = [marks[1] for marks in MARKS.values()]
    assert "".join(plain).isascii()
    assert len(set(plain)) == len(MARKS)
    monkeypatch.setattr(examination, "examine", lambda: iter(findings[:1]))
    assert tonecast("doctor") == 0
