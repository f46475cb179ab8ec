"""What a contract loses between writer and reader, an effect loses for its user."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import pytest
from tonecast.plugin_core.effect_files.contract import (
    Architecture,
    Capture,
    Contract,
    Control,
    ParityRecord,
    ParitySignal,
    PredictorTiming,
    Provenance,
    TrainedLevel,
    contract_sha256,
)
from tonecast.plugin_core.errors import Error

EFFECT = Contract(
    kind="effect",
    name="resonance-eq",
    label="Résonance – equalizer",
    description="Turns down what rings.",
    sample_rate_hz=48_000,
    frame_size_samples=3072,
    hop_size_samples=1024,
    hop_sizes_samples=(512, 1024),
    analysis_window="hann",
    synthesis_window="hann",
    controls=(
        Control("attenuation", "Attenuation", "", "linear", 0.0, 1.0, 0.19, "resonance-factor"),
        Control("low_hz", "Low limit", "Hz", "log", 20.0, 20_000.0, 20.0),
        Control("delta", "Delta", "", "switch", 0.0, 1.0, 0.0),
    ),
    provenance=Provenance("none", ("GPL-3.0-or-later",), {"esr": 0.0125}, "2026-11-20"),
    parity=ParityRecord(
        graph_sha256="0" * 64,
        contract_sha256="",
        tolerance=1e-5,
        largest_difference=3e-7,
        signals=(
            ParitySignal(
                "noise", "noise", 1, 4, 2, {"attenuation": 0.19}, (0, 7), (0.1, -2.5e-8), 0.25
            ),
        ),
    ),
).sealed()

PREDICTOR = Contract(
    kind="predictor",
    name="resonance-factor",
    label="Resonance factor",
    description="Sets the attenuation.",
    sample_rate_hz=22_050,
    provenance=EFFECT.provenance,
    parity=replace(EFFECT.parity, signals=()),
    predictor=PredictorTiming(11_025, 0.25, 3.0),
).sealed()


CAE = replace(EFFECT, name="eq", architecture=Architecture("cae", {"filters": 128, "pool": 16}))

CAUSAL = replace(
    EFFECT,
    name="amp",
    form="causal",
    frame_size_samples=64,
    hop_size_samples=64,
    hop_sizes_samples=(64,),
    analysis_window="none",
    synthesis_window="none",
    prewarm_samples=4093,
    architecture=Architecture("wavenet", network={"arrays": [{"channels": 16}], "head": None}),
    capture=Capture(loudness_db=-18.5, inverted=True, details={"gear_make": "Ampère"}),
    tail_s=None,
)


LATE = replace(CAUSAL, name="late-amp", delay_samples=240)
KEYED = replace(CAUSAL, name="ducker", sidechain=True)
STEREO = replace(EFFECT, name="wide", channels=2)
FILTER = replace(
    EFFECT,
    name="rings",
    form="filter",
    synthesis_window="none",
    transform_size_samples=4096,
    filter_taps_samples=1024,
    architecture=Architecture("resonances", network={"bands": 400, "gap_octaves": 0.3}),
)


@pytest.mark.parametrize(
    "contract",
    [EFFECT, PREDICTOR, CAE, CAUSAL, LATE, KEYED, STEREO, FILTER],
    ids=lambda contract: contract.name,
)
def test_contract_comes_back_as_it_was_written(contract: Contract) -> None:
    assert Contract.from_json(contract.to_json()) == contract


def test_only_what_earlier_readers_would_play_wrongly_asks_for_a_newer_one() -> None:
    contracts = (EFFECT, PREDICTOR, CAUSAL, LATE, KEYED, STEREO)
    assert [json.loads(c.to_json())["version"] for c in contracts] == [1, 1, 2, 3, 5, 5]
    unknown = {"delay_samples", "sidechain", "channels"}
    assert not json.loads(CAUSAL.to_json()).keys() & unknown
    data = json.loads(CAUSAL.to_json())
    assert data["block_size_samples"] == 64
    assert not data.keys() & {"frame_size_samples", "hop_size_samples", "analysis_window"}
    assert data["architecture"].keys() == {"name", "network"}
    assert json.loads(FILTER.to_json())["architecture"].keys() == {"name", "network"}
    assert "form" not in json.loads(EFFECT.to_json())


def test_files_from_before_there_were_architectures_stay_as_they_are() -> None:
    assert "architecture" not in EFFECT.to_json()
    assert EFFECT.architecture is None


def test_text_has_the_fields_that_other_readers_look_for() -> None:
    data = json.loads(EFFECT.to_json())
    assert data["version"] == 1
    assert data["predictor"] is None
    assert data["hop_sizes_samples"] == [512, 1024]
    assert data["controls"][1] == {
        "name": "low_hz",
        "label": "Low limit",
        "unit": "Hz",
        "scale": "log",
        "min": 20.0,
        "max": 20_000.0,
        "default": 20.0,
        "automatic_by": None,
    }
    assert "frame_size_samples" not in json.loads(PREDICTOR.to_json())


def edited(*path: str | int, to: Any = None) -> str:
    """`EFFECT` as text with one field set, or removed where `to` is None."""
    data = json.loads(EFFECT.to_json())
    inside = data
    for key in path[:-1]:
        inside = inside[key]
    if to is None:
        del inside[path[-1]]
    else:
        inside[path[-1]] = to
    return json.dumps(data)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        (edited("sample_rate_hz"), "sample_rate_hz"),
        (edited("controls", 0, "max"), "max"),
        (edited("provenance"), "provenance"),
        (edited("provenance", "licences"), "licences"),
        (edited("parity"), "parity"),
        (edited("parity", "signals", 0, "seed"), "seed"),
        (edited("parity", "signals", 0, "seed", to="one"), "seed"),
        (edited("parity", "signals", 0, "recipe", to="applause"), "recipe"),
        (edited("parity", "signals", 0, "values", to=["loud"]), "values"),
        (edited("parity", "tolerance", to=[]), "tolerance"),
        (edited("version", to=6), "update"),
        ("{", "contract"),
    ],
)
def test_missing_or_wrong_field_is_named(text: str, named: str) -> None:
    with pytest.raises(Error, match=named):
        Contract.from_json(text)


def test_a_delay_is_refused_where_it_would_be_missed() -> None:
    with pytest.raises(Error, match='contract: "delay_samples" is for causal effects: leave it'):
        Contract.from_json(replace(EFFECT, delay_samples=240).to_json())
    earlier = LATE.to_json().replace('"version": 3', '"version": 2')
    with pytest.raises(Error, match='contract: "delay_samples" needs "version" 3, not 2'):
        Contract.from_json(earlier)
    with pytest.raises(Error, match='"delay_samples" must be an integer between 0 and 65536'):
        Contract.from_json(replace(LATE, delay_samples=65537).to_json())


def test_fields_of_later_writers_are_passed_over() -> None:
    assert Contract.from_json(edited("parity", "played_on", to="a train")).name == EFFECT.name


def test_seal_holds_in_any_layout() -> None:
    data = json.loads(EFFECT.to_json())
    other_layout = json.dumps(dict(reversed(data.items())), indent=4)
    assert contract_sha256(other_layout) == EFFECT.parity.contract_sha256


@pytest.mark.parametrize(
    "text",
    [
        edited("controls", 0, "max", to=2.0),
        edited("hop_size_samples", to=512),
        edited("provenance", "date", to="2027-01-01"),
        edited("parity", "largest_difference", to=1e-9),
        edited("parity", "signals", 0, "values", to=[0.1, -2.4e-8]),
    ],
)
def test_seal_breaks_at_any_edit(text: str) -> None:
    assert contract_sha256(text) != EFFECT.parity.contract_sha256


@pytest.mark.parametrize("response", ["linear", "nonlinear"])
@pytest.mark.parametrize("tail_s", [0.0, 2.5, None])
def test_levels_and_tail_survive(response: Any, tail_s: float | None) -> None:
    levelled = replace(
        EFFECT, trained_level=TrainedLevel(response, -8.03, 2.12), tail_s=tail_s
    ).sealed()
    assert Contract.from_json(levelled.to_json()) == levelled


def test_what_earlier_writers_did_not_know_is_left_out() -> None:
    assert not {"trained_level", "tail_s"} & json.loads(EFFECT.to_json()).keys()
    assert Contract.from_json(EFFECT.to_json()).tail_s == 0.0


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("response", "cubic", '"response" must be one of "linear", "nonlinear"'),
        ("input_peak_db", 400, '"input_peak_db" must lie between -80 and 40'),
        ("output_peak_db", None, '"output_peak_db" must be a number'),
    ],
)
def test_a_level_that_cannot_be_is_refused(field: str, value: Any, message: str) -> None:
    data = json.loads(replace(EFFECT, trained_level=TrainedLevel("linear", 0.0, 0.0)).to_json())
    data["trained_level"][field] = value
    with pytest.raises(Error, match=re.escape(message)):
        Contract.from_json(json.dumps(data))
    data["trained_level"] = 7
    with pytest.raises(Error, match='"trained_level" must be a JSON object'):
        Contract.from_json(json.dumps(data))


def test_a_tail_that_cannot_be_is_refused() -> None:
    data = {**json.loads(EFFECT.to_json()), "tail_s": -1}
    with pytest.raises(Error, match='"tail_s" must lie between 0 and 3600'):
        Contract.from_json(json.dumps(data))
