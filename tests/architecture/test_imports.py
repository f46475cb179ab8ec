"""Arrows point one way: a new import that runs upward, or a new cycle, is named here.

`python tests/architecture/imports.py` prints all of them.
"""

import importlib.util
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

_spec = importlib.util.spec_from_file_location("imports", Path(__file__).with_name("imports.py"))
assert _spec is not None
assert _spec.loader is not None
imports = importlib.util.module_from_spec(_spec)
sys.modules["imports"] = imports
_spec.loader.exec_module(imports)
PYTHON = list(imports.python_arrows(ROOT))
ENGINE = list(imports.engine_arrows(ROOT))

# What each folder of the engine may include, beside itself; engine.h and engine.cpp are "engine".
ENGINE_MAY_INCLUDE = {
    "error": set(),
    "message": set(),
    "nonblocking": set(),
    "signal": {"error"},
    "convolution": {"error", "signal"},
    "chain": {"convolution", "signal"},
    "threads": {"error", "nonblocking", "signal"},
    "effect_file": {"error", "signal"},
    "inference": {"error", "effect_file", "signal", "threads"},
    "onnxruntime": {"error", "effect_file", "inference", "message", "signal", "threads"},
    "kernels": set(),
    "filter": {"convolution", "effect_file", "inference", "kernels", "signal"},
    "families": {
        "convolution",
        "error",
        "effect_file",
        "inference",
        "kernels",
        "nonblocking",
        "onnxruntime",
        "signal",
    },
    "captures": {"error", "effect_file", "families", "inference", "signal"},
    "control": {"error", "effect_file", "inference", "signal", "threads"},
    "players": {"control", "effect_file", "filter", "inference", "signal"},
    "engine": {
        "chain",
        "control",
        "convolution",
        "effect_file",
        "error",
        "filter",
        "inference",
        "nonblocking",
        "players",
        "signal",
        "threads",
    },
    "live": {"engine", "error", "filter", "inference", "message", "signal", "threads"},
    "trial": {"engine", "error", "inference"},
}
# Modules of plugin_core that models and export may import: no engine, no host, no command line.
BELOW_MODELS = {
    "__init__",
    "atomic_write",
    "audio_files",
    "effect_files",
    "effects",
    "errors",
    "plots",
    "samples",
    "synthesizer",
}
# These may hold more files than one looks through: each is a list by design.
LISTS = {
    "models/predictors/descriptors": "one descriptor a file",
    "cpp_host/engine/effect_file/graph_check": "one kind of operators a file",
    "cpp_host/engine/signal": "one stage of the signal path a file",
    "cpp_host/engine/families/autoencoder/compiled": "one step of the kernel a file",
    "cpp_host/plugin/editor": "one component a file",
}


def test_packages_import_downward_only() -> None:
    wrong = imports.upward(PYTHON)
    assert not wrong, "\n".join(f"{arrow} runs upward" for arrow in wrong)


@pytest.mark.parametrize("package", imports.PACKAGES)
def test_folders_of_a_package_form_no_cycle(package: str) -> None:
    inside = [
        arrow for arrow in PYTHON if arrow.source.parts[0] == arrow.target.parts[0] == package
    ]
    assert imports.cycles(list(imports.matrix(inside, 2))) == []


def test_files_of_the_packages_form_no_cycle() -> None:
    """A package's __init__ names what its files define: it is no file of its own here."""
    between_files = [a for a in PYTHON if "__init__.py" not in (a.source.name, a.target.name)]
    assert imports.cycles(list(imports.matrix(between_files, depth=99))) == []


def test_models_and_export_import_no_host_of_plugin_core() -> None:
    wrong = [
        arrow
        for arrow in PYTHON
        if arrow.source.parts[0] in ("models", "export")
        and arrow.target.parts[0] == "plugin_core"
        and arrow.target.with_suffix("").parts[1] not in {*BELOW_MODELS, "_engine"}
    ]
    assert not wrong, "\n".join(f"{arrow}: plugin_core's hosts are above" for arrow in wrong)


def test_folders_of_the_engine_include_what_they_may() -> None:
    wrong = []
    for arrow in ENGINE:
        a, b = (imports.room(path, 3).rpartition("/")[2] for path in (arrow.source, arrow.target))
        if a != b and b not in ENGINE_MAY_INCLUDE.get(a, set()):
            wrong.append(arrow)
    assert not wrong, "\n".join(f"{arrow} is not among the arrows of the engine" for arrow in wrong)


def test_folders_of_the_engine_form_no_cycle() -> None:
    edges = [(a, b) for a, allowed in ENGINE_MAY_INCLUDE.items() for b in allowed]
    assert imports.cycles(edges) == []


def test_crowded_folders_are_lists_by_design() -> None:
    assert {folder for folder, _ in imports.crowded(ROOT)} <= LISTS.keys()


def test_wrong_arrow_is_found_and_named(tmp_path: Path) -> None:
    (tmp_path / "plugin_core").mkdir()
    (tmp_path / "models" / "data").mkdir(parents=True)
    (tmp_path / "models" / "data" / "note.py").write_text("from ...plugin_core import board\n")
    (tmp_path / "plugin_core" / "board.py").write_text(
        "def f():\n    from ..models.data.note import Note\n"
    )
    arrows = list(imports.python_arrows(tmp_path))
    assert [str(arrow) for arrow in imports.upward(arrows)] == [
        "plugin_core/board.py → models/data/note.py"
    ]
    assert imports.cycles(list(imports.matrix(arrows, 1))) == [["models", "plugin_core"]]
