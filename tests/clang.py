"""A Clang with libFuzzer and RealtimeSanitizer: `make clang` installs one in build/clang."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

OWN = Path(__file__).resolve().parents[1] / "build" / "clang"
SANITIZERS = ("fuzzer", "realtime")


@dataclass(frozen=True)
class Clang:
    """The compiler, and where its own C++ library lies; None where it uses the system's."""

    compiler: Path
    libraries: Path | None

    @property
    def link(self) -> list[str]:
        """What it needs to link programs that find that library."""
        return [f"-Wl,-rpath,{self.libraries}"] if self.libraries else []

    def options(self, sanitizers: str) -> list[str]:
        """How CMake is told to build our programs with it."""
        return [
            f"-DCMAKE_CXX_COMPILER={self.compiler}",
            f"-DCMAKE_EXE_LINKER_FLAGS={' '.join(self.link)}",
            f"-DTONECAST_SANITIZE={sanitizers}",
        ]


@cache
def find_clang() -> Clang | None:
    """The one of `make clang`, or the system's; None where neither has both sanitizers."""
    for library in OWN.glob("lib/*/libc++.so.1"):
        own = Clang(OWN / "bin" / "clang++", library.parent)
        if _has_sanitizers(own):
            return own
    system = shutil.which("clang++")
    found = Clang(Path(system), None) if system else None
    return found if found and _has_sanitizers(found) else None


def needs_clang() -> pytest.MarkDecorator:
    """Skips a test where there is none."""
    return pytest.mark.skipif(find_clang() is None, reason="needs make clang")


def _has_sanitizers(clang: Clang) -> bool:
    if not clang.compiler.exists():
        return False
    main = {"fuzzer": 'extern "C" int LLVMFuzzerTestOneInput(const char*, long) { return 0; }'}
    with tempfile.TemporaryDirectory() as folder:
        return all(
            subprocess.run(
                [clang.compiler, f"-fsanitize={name}", "-x", "c++", "-", "-o", f"{folder}/a.out"],
                input=main.get(name, "int main() {}"),
                capture_output=True,
                text=True,
                check=False,
            ).returncode
            == 0
            for name in SANITIZERS
        )
