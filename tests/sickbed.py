"""An environment to be broken: a home, its data, and packages before the real ones."""

from __future__ import annotations

import ctypes
import json
import os
import resource
import shutil
import subprocess
import sys
from pathlib import Path

import tonecast
from tonecast.plugin_core.effect_files.loading import onnxruntime_library

DROP = 24  # PR_CAPBSET_DROP
WRITES_ALL, RAISES_PRIORITY = 1, 23  # CAP_DAC_OVERRIDE, CAP_SYS_NICE


def as_an_ordinary_user() -> None:
    """Root may write what is read-only, and take any priority; a child of this may not."""
    libc = ctypes.CDLL(None)
    for capability in (WRITES_ALL, RAISES_PRIORITY):
        libc.prctl(DROP, capability, 0, 0, 0)
    resource.setrlimit(resource.RLIMIT_RTPRIO, (0, 0))


class Sickbed:
    def __init__(self, folder: Path) -> None:
        self.home = folder / "home"
        self.effects = folder / "data/tonecast/effects"
        self.packages = folder / "packages"
        for path in (self.home, self.effects, self.packages):
            path.mkdir(parents=True)
        self.customised = self.packages / "sitecustomize.py"
        self.customised.touch()

    @property
    def environment(self) -> dict[str, str]:
        data = str(self.effects.parents[1])
        paths = os.pathsep.join([str(self.packages), *sys.path])
        return {
            **os.environ,
            "HOME": str(self.home),
            "XDG_DATA_HOME": data,
            "PYTHONPATH": paths,
            "PYTHONUTF8": "1",
        }

    def run(self, *arguments: str, **options) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "tonecast", *arguments]
        return subprocess.run(
            command, env=self.environment, capture_output=True, text=True, check=False, **options
        )

    def findings(self) -> tuple[int, dict[str, list[dict[str, str]]]]:
        """The exit code, and what was found by topic."""
        done = self.run("doctor", "--json", preexec_fn=as_an_ordinary_user)
        assert done.stderr == ""
        report = json.loads(done.stdout)
        found: dict[str, list[dict[str, str]]] = {}
        for finding in report["findings"]:
            found.setdefault(finding["topic"], []).append(finding)
        assert report["healthy"] == (done.returncode == 0)
        return done.returncode, found

    def cut_onnxruntime_short(self) -> Path:
        library = onnxruntime_library()
        capi = self.packages / "onnxruntime/capi"
        capi.mkdir(parents=True)
        (capi.parent / "__init__.py").touch()
        cut = capi / library.name
        cut.write_bytes(library.read_bytes()[:100_000])
        return cut

    def install_another_version(self) -> None:
        metadata = self.packages / "tonecast-0.0.9.dist-info"
        metadata.mkdir()
        (metadata / "METADATA").write_text(
            "Metadata-Version: 2.1\nName: tonecast\nVersion: 0.0.9\n"
        )
        (metadata / "entry_points.txt").write_text(
            "[tonecast.commands]\ninfo = tonecast.plugin_core.cli.info:info\n"
            "[tonecast.effects]\ntonecast = tonecast.models.artifacts\n"
        )

    def hide_portaudio(self) -> None:
        self.customise(
            "import ctypes.util",
            "found = ctypes.util.find_library",
            "ctypes.util.find_library = lambda name: None if 'portaudio' in name else found(name)",
        )

    def hide_engine(self, file: str = "") -> None:
        """Let it be missing, or another file."""
        self.customise(
            "import importlib.util, sys",
            "class Finder:",
            "    @staticmethod",
            "    def find_spec(name, path=None, target=None):",
            "        if name != 'tonecast.plugin_core._engine': return None",
            f"        if {file!r}: return importlib.util.spec_from_file_location(name, {file!r})",
            "        raise ModuleNotFoundError(f'No module named {name!r}', name=name)",
            "sys.meta_path.insert(0, Finder)",
        )

    def customise(self, *lines: str) -> None:
        with self.customised.open("a") as file:
            file.write("\n".join(lines) + "\n")


def newer_effect(folder: Path) -> Path:
    """An effect file of a contract version that is not there yet."""
    shipped = tonecast.shipped_effects()["low-shelf"].files[48000]
    content = shipped.read_bytes()
    version = b'"version": 2'
    assert content.count(version) == 1
    path = folder / "from-the-future.onnx"
    path.write_bytes(content.replace(version, b'"version": 9'))
    return path


def write_plugin(folder: Path, version: str = tonecast.__version__) -> Path:
    """Bundles as `make plugin` lays them out, but of binaries that only tell their kind."""
    program = Path(sys.executable).resolve().read_bytes()[:64]
    for bundle, binary, resources in (
        ("Tonecast.vst3", "Contents/x86_64-linux/Tonecast.so", "Contents/Resources"),
        ("Tonecast.lv2", "libTonecast.so", ""),
        ("Standalone", "Tonecast", ""),
    ):
        beside = (folder / bundle / binary).parent
        effects = folder / bundle / resources / "effects"
        effects.mkdir(parents=True)
        beside.mkdir(parents=True, exist_ok=True)
        (folder / bundle / binary).write_bytes(program)
        (beside / "libonnxruntime.so").write_bytes(program)
        (beside / "tonecast-trial").write_bytes(program)
        (effects.parent / "version.txt").write_text(f"{version}\n")
        shutil.copy(tonecast.shipped_effects()["low-shelf"].files[48000], effects)
    (folder / "Tonecast.lv2/manifest.ttl").write_text("<urn:tonecast:plugin> a lv2:Plugin .\n")
    return folder
