"""What others have made is named, with its licence."""

import importlib.util
import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
# Of the system, of the interpreter, or our own.
NOT_INSIDE = {"Threads", "Python", "tonecast", "scikit-build-core"}

_spec = importlib.util.spec_from_file_location("write_licences", ROOT / "licences/write.py")
assert _spec is not None
assert _spec.loader is not None
licences = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(licences)


def test_page_is_what_its_command_writes() -> None:
    assert licences.PAGE.read_text(encoding="utf-8") == licences.page()


def test_everything_that_a_build_looks_for_is_named() -> None:
    sources = [*(ROOT / "cpp_host").rglob("CMakeLists.txt"), *(ROOT / "cpp_host").rglob("*.cmake")]
    text = "\n".join(path.read_text() for path in sources)
    found = set(re.findall(r"find_package\((\w+)", text))
    found |= set(re.findall(r"set\((\w+) \"\" CACHE FILEPATH", text))
    project = licences.tomllib.loads((ROOT / "pyproject.toml").read_text())
    required = project["build-system"]["requires"]
    found |= {re.split(r"[<>=~\[; ]", line)[0] for line in required}
    named = {name for one in licences.components() for name in one["build"]}
    assert found - NOT_INSIDE == named


def test_every_licence_that_asks_for_its_text_has_it() -> None:
    for one in licences.components():
        assert one["text"] or one["licence"] == "GPL-3.0-only", one["name"]
    texts = {one["text"] for one in licences.components()} - {""}
    assert {path.name for path in (ROOT / "licences/texts").iterdir()} == texts
