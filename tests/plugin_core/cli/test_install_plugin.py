"""The plugin in the user's folders: whole or not at all, and nothing of others' is touched."""

import shutil
import sys
import zipfile
from pathlib import Path

import pytest
from sickbed import write_plugin

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="its folders are those of Linux")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    return home


def files(home: Path) -> list[str]:
    return sorted(str(path.relative_to(home)) for path in home.rglob("*") if not path.is_dir())


def test_a_zip_is_installed_replaced_and_removed(tonecast, home, tmp_path) -> None:
    built = write_plugin(tmp_path / "package/tonecast-linux", version="0.0.9")
    archive = tmp_path / "plugin.zip"
    with zipfile.ZipFile(archive, "w") as zipped:
        for path in built.rglob("*"):
            zipped.write(path, path.relative_to(tmp_path / "package"))
    assert tonecast("install-plugin", archive) == 0
    vst3 = home / ".vst3/Tonecast.vst3"
    assert f"VST3 0.0.9: {vst3}" in tonecast.out
    assert (vst3 / "Contents/Resources/effects/low-shelf.onnx").is_file()
    assert (home / ".lv2/Tonecast.lv2/manifest.ttl").is_file()
    command = home / ".local/bin/Tonecast"
    assert command.resolve() == home / ".local/lib/Tonecast/Tonecast"
    assert command.stat().st_mode & 0o111
    (vst3 / "of the old one").touch()
    newer = write_plugin(tmp_path / "newer", version="0.1.0")
    assert tonecast("install-plugin", newer) == 0
    assert f"VST3 0.1.0: {vst3}, in place of 0.0.9" in tonecast.out
    assert not (vst3 / "of the old one").exists()
    assert not [name for name in files(home) if ".tonecast-" in name]
    assert tonecast("install-plugin", "--uninstall") == 0
    assert f"removed {vst3}" in tonecast.out
    assert files(home) == []


def test_what_is_not_whole_or_not_for_here_is_refused(tonecast, home, tmp_path) -> None:
    built = write_plugin(tmp_path / "built")
    binary = built / "Tonecast.vst3/Contents/x86_64-linux/Tonecast.so"
    binary.write_bytes(b"MZ" + bytes(100))
    assert tonecast("install-plugin", built) == 2
    assert "is made for Windows, and this is Linux" in tonecast.err
    (built / "Tonecast.lv2/libonnxruntime.so").unlink()
    assert tonecast("install-plugin", built, "--format", "LV2") == 2
    assert "is not whole: it lacks ONNX Runtime" in tonecast.err
    shutil.rmtree(built)
    built.mkdir()
    assert tonecast("install-plugin", built) == 2
    assert "holds no plugin of Tonecast" in tonecast.err
    assert files(home) == []


def test_what_others_have_put_there_stays(tonecast, home, tmp_path) -> None:
    built = write_plugin(tmp_path / "built")
    theirs = home / ".vst3/Tonecast.vst3/Contents/x86_64-linux/Other.so"
    theirs.parent.mkdir(parents=True)
    theirs.touch()
    for arguments in ((built,), ("--uninstall",)):
        assert tonecast("install-plugin", *arguments) == 2
        assert "is no plugin of ours; move it out of the way first" in tonecast.err
    assert files(home) == [str(theirs.relative_to(home))]
    shutil.rmtree(home / ".vst3/Tonecast.vst3")
    (home / ".vst3/Tonecast.vst3").symlink_to(built / "Tonecast.vst3")
    assert tonecast("install-plugin", built) == 2
    assert "is a link to" in tonecast.err
    assert (built / "Tonecast.vst3/Contents").is_dir()


def test_a_failure_leaves_the_old_one(tonecast, home, tmp_path, monkeypatch) -> None:
    built = write_plugin(tmp_path / "built", version="0.0.9")
    assert tonecast("install-plugin", built) == 0
    before = files(home)
    copytree, copied = shutil.copytree, []

    def full(source: Path, target: Path, *within: object, **how: object) -> None:
        copytree(source, target, *within, **how)
        copied.extend([] if within else [target])
        if len(copied) == 3:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr("tonecast.plugin_core.plugin_hosting.install.shutil.copytree", full)
    newer = write_plugin(tmp_path / "newer", version="0.1.0")
    assert tonecast("install-plugin", newer) == 2
    assert "No space left on device" in tonecast.err
    assert files(home) == before
    assert (home / ".vst3/Tonecast.vst3/Contents/Resources/version.txt").read_text() == "0.0.9\n"
