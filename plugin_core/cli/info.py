"""`tonecast info`: an effect in detail."""

from __future__ import annotations

import click

from ..effect_files.catalog import EffectEntry, find_effect
from ..effect_files.contract import Contract, Control
from ..effect_files.loading import Device, load_model
from ..effects.effect import Effect
from ..effects.levels import training_text
from .options import backend_text, compute_option, rates_text
from .tables import print_heading, print_table
from .words import complete_effect

COMMON_RATES_HZ = (44100, 48000, 88200, 96000, 192000)


@click.command()
@click.argument("effect", shell_complete=complete_effect)
@compute_option
def info(effect: str, compute: Device) -> None:
    """Show an effect's controls, latency, origin and parity with PyTorch.

    EFFECT is the name of one that is installed, an .onnx file, or a capture: .nam, or the JSON of
    AIDA-X, RTNeural or Proteus.
    """
    entry = find_effect(effect)
    contract = entry.contract
    print_heading(f"{contract.label} ({entry.name})")
    print(contract.description)
    print()
    if contract.kind == "predictor":
        print_table(("Contract", ""), _predictor(contract) + _provenance(entry))
        return
    print_table(("Control", "Range", "Unit", "Default", "Scale", "Meaning"), _controls(entry))
    print_table(("Latency at", "Samples", "ms"), _latencies(effect))
    promises = [*_frames(contract), *_sounds(contract), *_played_by(entry, compute)]
    print_table(("Contract", ""), [*promises, *_provenance(entry)])


def _controls(entry: EffectEntry) -> list[tuple[str, ...]]:
    return [
        (
            control.name,
            _range(control),
            control.unit,
            f"{control.default:g}",
            control.scale,
            control.label + (f" (automatic by {by})" if (by := control.automatic_by) else ""),
        )
        for control in entry.controls
    ]


def _range(control: Control) -> str:
    if control.scale == "switch":
        return "0 or 1"
    return f"{control.minimum:g} … {control.maximum:g}"


def _latencies(name: str) -> list[tuple[str, ...]]:
    effect = Effect(name)
    latencies = [(rate_hz, effect.latency_samples(rate_hz)) for rate_hz in COMMON_RATES_HZ]
    return [(f"{hz} Hz", str(samples), f"{1000 * samples / hz:.1f}") for hz, samples in latencies]


def _frames(contract: Contract) -> list[tuple[str, ...]]:
    if contract.form == "causal":
        form = ("form", "causal: sample by sample")
        return [form, *_delay(contract), *_capture(contract), *_levels(contract)]
    hops = ", ".join(map(str, contract.hop_sizes_samples))
    if contract.form == "filter":
        long_ms = 1000 * contract.filter_taps_samples / contract.sample_rate_hz
        return [
            ("form", "filter: the model listens beside the sound, which is not delayed"),
            ("frame", f"{contract.frame_size_samples} samples, window {contract.analysis_window}"),
            ("hop", f"{contract.hop_size_samples} samples (possible: {hops})"),
            ("filter", f"minimum phase, {long_ms:.1f} ms, at most {contract.max_gain_db:g} dB up"),
        ]
    return [
        ("frame", f"{contract.frame_size_samples} samples"),
        ("hop", f"{contract.hop_size_samples} samples (possible: {hops})"),
        ("windows", f"{contract.analysis_window}, then {contract.synthesis_window}"),
        *_levels(contract),
    ]


def _sounds(contract: Contract) -> list[tuple[str, ...]]:
    """What else than one sound, each channel by itself, it plays."""
    rows: list[tuple[str, ...]] = []
    if contract.channels is not None:
        rows.append(("channels", f"{contract.channels}, played together; one is heard by all"))
    if contract.hears_sidechain:
        rows.append(("side-chain", "listens to one; where none is given, to its input"))
    return rows


def _delay(contract: Contract) -> list[tuple[str, ...]]:
    """What of its latency is the model's own."""
    if not contract.delay_samples:
        return []
    late_ms = 1000 * contract.delay_samples / contract.sample_rate_hz
    return [("looks ahead", f"{contract.delay_samples} samples, {late_ms:.1f} ms of its latency")]


def _capture(contract: Contract) -> list[tuple[str, ...]]:
    """What a capture says of its device, and what its answer to a click has shown."""
    capture = contract.capture
    if capture is None:
        return []
    rows: list[tuple[str, ...]] = [
        (name.replace("_", " "), text) for name, text in capture.details.items()
    ]
    if capture.loudness_db is not None:
        rows.append(("loudness", f"{capture.loudness_db:.1f} dB (normalize=1 makes it -18 dB)"))
    for end, level_dbu in (
        ("input", capture.input_level_dbu),
        ("output", capture.output_level_dbu),
    ):
        if level_dbu is not None:
            rows.append((f"{end} level", f"{level_dbu:g} dBu at full scale"))
    if capture.peak_samples is not None:
        way_up = "upside down (invert=1 turns it)" if capture.inverted else "upright"
        rows.append(("a click comes out", f"{capture.peak_samples} samples late, {way_up}"))
    return rows


def _levels(contract: Contract) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    if contract.trained_level is not None:
        beyond = (
            "level is taken out and put back"
            if contract.trained_level.response == "linear"
            else "input and output are held to it"
        )
        rows.append(("trained on", f"{training_text(contract)}; beyond that, {beyond}"))
    if contract.tail_s is None:
        rows.append(("in silence", "sounds by itself"))
    elif contract.tail_s:
        rows.append(("in silence", f"sounds on for {contract.tail_s:g} s"))
    return rows


def _played_by(entry: EffectEntry, device: Device) -> list[tuple[str, ...]]:
    models = [load_model(path, device=device) for path in entry.files.values()]
    played_by = {backend_text(by.backend, by.device) for by in (m.played_by for m in models)}
    return [("played by", ", ".join(sorted(played_by)))]


def _predictor(contract: Contract) -> list[tuple[str, ...]]:
    predictor = contract.predictor
    assert predictor is not None  # checked with the contract
    return [
        ("predictor", f"reads {predictor.window_samples} samples every {predictor.period_s:g} s")
    ]


def _provenance(entry: EffectEntry) -> list[tuple[str, ...]]:
    origin = entry.contract.provenance
    rows: list[tuple[str, ...]] = [
        ("made for", rates_text(entry)),
        ("made on", origin.date),
        ("data", origin.data),
        ("licences", ", ".join(origin.licences)),
        *((f"loss, {name}", f"{loss:g}") for name, loss in origin.losses.items()),
    ]
    for rate_hz, contract in entry.contracts.items():
        rows.append((f"parity at {rate_hz} Hz", _parity_text(contract)))
    rows.extend((f"file for {rate_hz} Hz", str(path)) for rate_hz, path in entry.files.items())
    return rows


def _parity_text(contract: Contract) -> str:
    parity = contract.parity
    if not parity.signals:
        return "not recorded in a capture; 'tonecast import' makes an effect file that has it"
    return (
        f"within {parity.largest_difference:.1e} of PyTorch over "
        f"{len(parity.signals)} signals (tolerance {parity.tolerance:g})"
    )
