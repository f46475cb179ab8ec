"""The effects in the tree are what its models give, and say nothing of where they grew."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import tonecast
from papers import PAPERS
from tonecast.plugin_core import _engine
from tonecast.plugin_core.effect_files.contract import Contract
from tonecast.plugin_core.effect_files.loading import load_model
from tonecast.plugin_core.effect_files.parity import play

ARTIFACTS = Path(__file__).parents[3] / "models" / "artifacts"
SHIPPED = sorted(ARTIFACTS.glob("*.onnx"))
FILES = [*SHIPPED, *PAPERS.values()]


def contract_of(path: Path) -> Contract:
    return Contract.from_json(_engine.EffectFile(str(path)).contract_json)


def test_resonance_equalizer_ships_for_both_rates() -> None:
    rates = {path.name: contract_of(path).sample_rate_hz for path in FILES}
    assert rates["resonance-eq-44k1.onnx"] == 44_100
    assert rates["resonance-eq-48k.onnx"] == 48_000


def test_what_ships_is_played_without_latency_but_the_resonance_equalizer() -> None:
    """Whoever asks for an effect by its name may play it live."""
    for path in SHIPPED:
        contract = contract_of(path)
        if contract.kind == "effect" and contract.name != "resonance-eq":
            assert contract.sample_rate_hz == 48_000
            assert tonecast.Effect(path).latency_samples(48_000) == 0


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_shipped_file_verifies(path: Path) -> None:
    report = tonecast.verify(path)
    assert report.passed, report.differences
    if contract_of(path).kind == "predictor":
        assert report.tolerance <= 1e-5
        assert report.signals >= 4
    elif path.name.startswith("resonance-eq"):
        assert report.tolerance <= (0.02 if contract_of(path).form == "filter" else 1e-5)  # in dB
        assert report.signals >= 16
    else:  # near-ties in a pool: rounding may choose another sample (models/families/autoencoder)
        assert report.tolerance <= 0.05
        assert report.signals >= 6


def test_every_learned_effect_has_a_card_that_credits_its_data() -> None:
    for path in FILES:
        if not path.name.startswith("resonance-eq"):
            card = path.with_suffix(".md").read_text()
            provenance = contract_of(path).provenance
            assert provenance.data in card
            assert all(licence in card for licence in provenance.licences)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_shipped_file_gives_away_no_paths_and_no_stack(path: Path) -> None:
    content = path.read_bytes()
    assert not re.findall(rb"/(?:home|root|tmp|Users|usr)\b|\.py\b|File \"|pkg\.torch", content)
    assert str(ARTIFACTS.parents[1]).encode() not in content


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_shipped_file_holds_plain_operators_alone(path: Path) -> None:
    onnx = pytest.importorskip("onnx")
    model = onnx.load(path)
    assert [(opset.domain, opset.version) for opset in model.opset_import] == [("", 20)]
    assert not model.functions
    assert all(node.domain == "" for node in model.graph.node)
    # Shape arithmetic is work for the exporter, not for every frame.
    plumbing = {"Shape", "Size", "Cast", "Constant", "Identity"}
    if contract_of(path).kind == "predictor":
        plumbing -= {"Cast"}  # some descriptors count
    architecture = contract_of(path).architecture
    if architecture and architecture.name == "cafx":
        # Where samples fall on their curves is whole numbers, as many as there are channels.
        plumbing -= {"Cast", "Shape"}
    assert not plumbing & {node.op_type for node in model.graph.node}
    if architecture and architecture.name == "dynamics":
        return  # its few numbers are in several matrices, and some of them are alike
    # Two branches' biases are added to one sum: they learn alike, and keep their names.
    weights = [
        (weight.data_type, tuple(weight.dims), weight.raw_data)
        for weight in model.graph.initializer
        if not weight.name.endswith("_norm.bias")
    ]
    assert len(set(weights)) == len(weights), "a weight is stored twice"


# They are all exported alike; which one it is matters little, and each takes its seconds.
LEARNED = [
    path for path in FILES if contract_of(path).form == "causal" or path.name.startswith("eq-")
]
ONE_AND_THE_OTHERS = [
    pytest.param(path, marks=[pytest.mark.slow] if path != LEARNED[0] else [], id=path.name)
    for path in LEARNED
]


@pytest.mark.parametrize("path", ONE_AND_THE_OTHERS)
def test_learned_effect_is_what_its_own_weights_give(tmp_path: Path, path: Path) -> None:
    """Failing: export what `read_model` finds in it anew, and commit what that writes."""
    pytest.importorskip("torch")
    pytest.importorskip("onnxscript")
    from tonecast.models.families.weights import read_model
    from tonecast.models.release.checkpoint import export_model
    from torch import nn

    shipped = contract_of(path)
    fresh = export_model(read_model(path, nn.Module), shipped, tmp_path / "fresh.onnx")
    assert fresh.architecture == shipped.architecture
    assert fresh.parity.graph_sha256 == shipped.parity.graph_sha256


@pytest.mark.parametrize("rate_hz", [44_100, 48_000])
def test_shipped_equalizer_is_what_the_model_gives(tmp_path: Path, rate_hz: int) -> None:
    """Failing: `python -m tonecast.models.release.resonance_eq`, and commit what it writes."""
    pytest.importorskip("torch")
    pytest.importorskip("onnxscript")
    from tonecast.models.release.resonance_eq import FILES, export_resonance_eq

    fresh = tmp_path / "fresh.onnx"
    export_resonance_eq(rate_hz, fresh)
    expect_same(ARTIFACTS / FILES[rate_hz], fresh)


def test_shipped_equalizer_without_latency_is_what_the_model_gives(tmp_path: Path) -> None:
    """Failing: likewise."""
    pytest.importorskip("torch")
    pytest.importorskip("onnxscript")
    from tonecast.models.release.resonance_eq import LIVE_FILE, export_resonance_eq_live

    fresh = tmp_path / "fresh.onnx"
    export_resonance_eq_live(fresh)
    expect_same(ARTIFACTS / LIVE_FILE, fresh)


@pytest.mark.slow  # its proof plays half a minute
def test_shipped_feedback_guard_is_what_the_model_gives(tmp_path: Path) -> None:
    """Failing: `python -m tonecast.models.release.feedback_guard`, and commit what it writes."""
    pytest.importorskip("torch")
    pytest.importorskip("onnxscript")
    from tonecast.models.release.feedback_guard import FILE, export_feedback_guard

    fresh = tmp_path / "fresh.onnx"
    export_feedback_guard(fresh)
    expect_same(ARTIFACTS / FILE, fresh)


def expect_same(shipped: Path, fresh: Path) -> None:
    old, new = contract_of(shipped), contract_of(fresh)
    assert replace(old, parity=new.parity) == new
    assert [s.name for s in old.parity.signals] == [s.name for s in new.parity.signals]
    if old.parity.graph_sha256 == new.parity.graph_sha256:
        return
    # Another libm may round a weight differently, which must not be heard.
    for signal in old.parity.signals:
        heard = [play(load_model(path), contract_of(path), signal) for path in (shipped, fresh)]
        np.testing.assert_allclose(*heard, atol=old.parity.tolerance, err_msg=signal.name)
