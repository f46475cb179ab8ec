"""The documentation names what is there, and says of the file format what the code says."""

from __future__ import annotations

import json
import re
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest
import tonecast
from papers import PAPERS
from tonecast import Effect
from tonecast.plugin_core import _engine
from tonecast.plugin_core.effect_files import contract as contracts
from tonecast.plugin_core.effect_files.loading import load_model
from tonecast.plugin_core.effect_files.parity import make_frames, rms
from tonecast.plugin_core.effect_files.uniform import uniform

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = [
    *sorted(DOCS.rglob("*.md")),
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    *sorted((ROOT / "cpp_host").rglob("README.md")),
]
FORMAT = (DOCS / "effect-file.md").read_text(encoding="utf-8")

FENCED = re.compile(r"^[ ]*```.*?^[ ]*```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
FOLDERS = [path for path in ROOT.iterdir() if path.is_dir() and path.name not in {"build", "demo"}]
OUR_FOLDERS = {path.name for path in FOLDERS if (path.name == ".ci" or path.name[0] != ".")}
FILE_NAME = re.compile(r"[\w.-]+\.(?:py|pyi|h|cpp|md|toml|awk)")
OF_OTHERS = {"onnxruntime_c_api.h"}


def _id(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def _prose(page: Path) -> str:
    return FENCED.sub("", page.read_text(encoding="utf-8"))


def _anchors(page: Path) -> set[str]:
    """As GitHub makes them of headings."""
    found: set[str] = set()
    for heading in re.findall(r"^#+ +(.+?) *$", _prose(page), re.MULTILINE):
        text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading)
        slug = re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-")
        unique, count = slug, 0
        while unique in found:
            count += 1
            unique = f"{slug}-{count}"
        found.add(unique)
    return found


@pytest.mark.parametrize("page", PAGES, ids=_id)
def test_links_lead_somewhere(page: Path) -> None:
    broken = []
    for link in LINK.findall(_prose(page)):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or (anchor and anchor not in _anchors(target)):
            broken.append(link)
    assert not broken


@pytest.mark.parametrize("page", PAGES, ids=_id)
def test_paths_in_the_text_exist(page: Path) -> None:
    missing = []
    for code in re.findall(r"`([^`\n]+)`", _prose(page)):
        if not re.fullmatch(r"[\w./-]+", code):
            continue
        if code.partition("/")[0] in OUR_FOLDERS and "/" in code:
            if not (ROOT / code).exists():
                missing.append(code)
        elif FILE_NAME.fullmatch(code) and code not in OF_OTHERS and not _is_somewhere(code):
            missing.append(code)
    assert not missing


def _is_somewhere(name: str) -> bool:
    folders = (ROOT / folder for folder in OUR_FOLDERS)
    return (ROOT / name).exists() or any(any(folder.rglob(name)) for folder in folders)


def test_index_lists_every_page() -> None:
    index = DOCS / "README.md"
    listed = {(DOCS / link.partition("#")[0]).resolve() for link in LINK.findall(_prose(index))}
    assert set(DOCS.rglob("*.md")) - listed == {index}


def _rows(text: str, heading: str) -> list[list[str]]:
    """The cells of the first table below a heading, without its head."""
    section = re.split(rf"^#+ {re.escape(heading)}$", text, flags=re.MULTILINE)[1]
    table = re.search(r"(?:^\|.*\n)+", section, re.MULTILINE)
    assert table is not None
    lines = table[0].splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


DOCUMENTED = {
    "Contract fields": contracts.Contract,
    "Control fields": contracts.Control,
    "Predictor fields": contracts.PredictorTiming,
    "Architecture fields": contracts.Architecture,
    "Capture fields": contracts.Capture,
    "Provenance fields": contracts.Provenance,
    "Parity fields": contracts.ParityRecord,
    "Signal fields": contracts.ParitySignal,
    "Whole-record fields": contracts.WholeRecord,
}


@pytest.mark.parametrize("heading", DOCUMENTED)
def test_contract_fields_are_those_of_the_code(heading: str) -> None:
    rows = {row[0].strip("`"): row for row in _rows(FORMAT, heading)}
    there = {one.metadata.get("key", one.name): one for one in fields(DOCUMENTED[heading])}
    if heading == "Contract fields":
        del rows["version"], rows["block_size_samples"]  # of the text alone
    assert rows.keys() == there.keys()
    for name, one in there.items():
        if one.default is MISSING and one.default_factory is MISSING:
            assert rows[name][2] == "yes"


@pytest.mark.parametrize(
    ("heading", "field", "choices"),
    [
        ("Contract fields", "kind", contracts.Kind),
        ("Contract fields", "form", contracts.Form),
        ("Contract fields", "analysis_window", contracts.Window),
        ("Control fields", "unit", contracts.Unit),
        ("Control fields", "scale", contracts.Scale),
        ("Signal fields", "recipe", contracts.Recipe),
    ],
)
def test_choices_are_those_of_the_code(heading: str, field: str, choices: Any) -> None:
    rule = next(row[3] for row in _rows(FORMAT, heading) if row[0] == f"`{field}`")
    assert set(re.findall(r"`([^`]+)`", rule)) == set(get_args(choices)) - {""}


def test_operators_are_those_that_the_engine_allows() -> None:
    allowed = [operator["type"] for operator in _engine.testing.operators()]
    block = re.split(r"^## Operators$", FORMAT, flags=re.MULTILINE)[1].split("```")[1]
    assert block.removeprefix("text").split() == allowed


def test_version_is_the_one_that_is_written() -> None:
    rule = next(row[3] for row in _rows(FORMAT, "Contract fields") if row[0] == "`version`")
    assert f", or {contracts.VERSION} for" in rule
    assert json.loads(_example())["version"] == 1


def _example() -> str:
    return FORMAT.split("```json\n")[1].split("```")[0]


def test_example_contract_is_valid_and_sealed() -> None:
    contract = contracts.Contract.from_json(_example())
    assert contracts.contract_sha256(_example()) == contract.parity.contract_sha256


def test_example_signals_follow_from_the_recipes() -> None:
    contract = contracts.Contract.from_json(_example())
    for signal in contract.parity.signals:
        gain = np.float32(10 ** (signal.controls["level_db"] / 20))
        out = make_frames(contract, signal) * gain
        assert out.ravel()[list(signal.probes)] == pytest.approx(signal.values, abs=1e-6)
        assert rms(out) == pytest.approx(signal.rms, abs=1e-6)


def test_uniform_numbers_are_those_of_the_page() -> None:
    found = re.search(r"^uniform\(1, 3\) = (.+)$", FORMAT, re.MULTILINE)
    assert found is not None
    assert list(uniform(1, 3)) == [float(number) for number in found[1].split(", ")]


LATENCIES = _rows((DOCS / "latency.md").read_text(encoding="utf-8"), "Worked examples")


@pytest.mark.parametrize("row", LATENCIES, ids="-".join)
def test_latencies_are_those_of_the_engine(row: list[str]) -> None:
    effect, host, model, _, _, _, mode, block, _, samples, ms = row
    entry = Effect(PAPERS.get(effect, effect)).entry
    assert entry.rate_hz_for(int(host)) == int(model)
    engine = _engine.Engine(load_model(entry.files[int(model)]))
    worker = mode == "async"
    engine.prepare(int(host), 1, worker=worker, max_block_samples=int(block) if worker else 1024)
    assert engine.latency_samples == int(samples)
    assert float(ms) == pytest.approx(1000 * int(samples) / int(host), abs=0.05)


@pytest.mark.slow
def test_modules_of_the_page_can_be_exported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("onnxscript")
    monkeypatch.chdir(tmp_path)
    page = (DOCS / "own-models.md").read_text(encoding="utf-8")
    names = {"__name__": "page"}
    for code in re.findall(r"```python\n(.*?)```", page, re.DOTALL):
        if "playback" not in code:  # which takes a sound card
            exec(code, names)
    for name in ("amp.onnx", "wah.onnx", "ducker.onnx"):
        assert tonecast.verify(name).passed
    music, voice = np.full((2, 24000), 0.1, np.float32)
    voice[:12000] = 0
    ducked = Effect("ducker.onnx")(music, 48000, sidechain=voice)
    assert np.allclose(ducked[:12000], 0.1, atol=1e-5)
    assert np.allclose(ducked[18000:], 0.1 * 10 ** (-12 / 20), atol=1e-5)


def test_effect_of_the_page_can_be_exported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("torch", reason="exports need PyTorch: pip install 'tonecast[train]'")
    pytest.importorskip("onnxscript", reason="exports need onnxscript")
    page = (DOCS / "add-an-effect.md").read_text(encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    exec(page.split("```python\n")[1].split("```")[0], {"__name__": "page"})
    effect = Effect("leveller.onnx", amount=1.0)
    loud, soft = (effect(np.full(9600, level, np.float32), 48000)[4800] for level in (0.5, 0.05))
    assert soft < loud < 2 * soft
