"""Write the file of the corpus that the resonance equalizer's kernel plays, of twelve bands.

    python tests/fuzz/kernel_seeds.py

Its graph does something else: the kernel looks at the tables alone, and the fuzzer at the kernel.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
from numpy.typing import ArrayLike
from onnx import TensorProto, helper
from tonecast.export.effect import METADATA_KEY, unmeasured
from tonecast.models.resonance_eq.resonances import Resonances
from tonecast.plugin_core.effect_files.contract import Architecture, Contract, Provenance

FILE = Path(__file__).parent / "corpus" / "effect_files" / "kernel-resonances.onnx"
BANDS, NARROW_BANDS, BINS_PER_BAND = 12, 4, 8
TRANSFORM_SAMPLES = 128
BINS = TRANSFORM_SAMPLES // 2 + 1

NETWORK = {
    "bands": BANDS,
    "narrow_bands": NARROW_BANDS,
    "bins_per_band": BINS_PER_BAND,
    "reach_bands": 6,
    "sharpening_taps": 3,
    "bands_per_octave": 3.0,
    "hop_ms": 1.3,
    "average_keep": 0.5,
    "floor_power": 1e-14,
    "gap_octaves": 0.5,
    "edge_octaves": 0.2,
    "strength": 1.1,
}


def _tables() -> dict[str, np.ndarray]:
    wide_bands = BANDS - NARROW_BANDS
    slot_of_bin = np.array([64 * (k % 2) + k // 2 for k in range(BINS)])
    narrow, bins = np.arange(NARROW_BANDS), np.arange(BINS)
    covered = 5 + 7 * np.arange(wide_bands)[:, None] + np.arange(BINS_PER_BAND)
    octaves = 7 + 0.6 * np.arange(BANDS)

    def floats(values: ArrayLike) -> np.ndarray:
        return np.asarray(values, np.float32)

    return {
        "loudness_weight": floats(np.full((1, 128), 0.01)),
        "bands.lower_slot": slot_of_bin[narrow],
        "bands.upper_slot": slot_of_bin[narrow + 1],
        "bands.upper_share": floats(0.2 * narrow),
        "bands.covered_slots": slot_of_bin[covered].ravel(),
        "bands.covered_share": floats(np.full(covered.shape, 1 / BINS_PER_BAND)),
        "bands.lower_band": bins // 6,
        "bands.upper_band": bins // 6 + 1,
        "bands.band_share": floats(bins % 6 / 6),
        "noise_scatter_db": floats(np.full((1, BANDS), 0.5)),
        "band_octave": floats(octaves[None]),
        "sensitivity.band_octave": floats(octaves[None] - 10),
        "sharpening": floats([[[-0.5, 2.0, -0.5]]]),
    }


def main() -> None:
    """Writes it."""
    contract = Contract(
        kind="effect",
        name="fuzz",
        label="Fuzz",
        description="A resonance equalizer of twelve bands.",
        sample_rate_hz=48_000,
        form="filter",
        frame_size_samples=BINS,
        hop_size_samples=64,
        hop_sizes_samples=(64,),
        analysis_window="hann",
        transform_size_samples=TRANSFORM_SAMPLES,
        filter_taps_samples=64,
        architecture=Architecture("resonances", network=NETWORK),
        controls=Resonances.controls,
        provenance=Provenance("none", (), {}, "2026-11-28"),
        parity=unmeasured(),
    )
    sound = ["channels", BINS]
    graph = helper.make_graph(
        [helper.make_node("Relu", ["frame"], ["gain_db"])],
        "fuzz",
        [
            helper.make_tensor_value_info("frame", TensorProto.FLOAT, sound),
            *(
                helper.make_tensor_value_info(control.name, TensorProto.FLOAT, [])
                for control in contract.graph_controls
            ),
        ],
        [helper.make_tensor_value_info("gain_db", TensorProto.FLOAT, sound)],
        [onnx.numpy_helper.from_array(table, name) for name, table in _tables().items()],
    )
    model = helper.make_model(graph, ir_version=9, opset_imports=[helper.make_opsetid("", 20)])
    helper.set_model_props(model, {METADATA_KEY: contract.sealed().to_json()})
    FILE.write_bytes(model.SerializeToString(deterministic=True))
    print(f"{FILE.name}: {FILE.stat().st_size} bytes")


if __name__ == "__main__":
    main()
