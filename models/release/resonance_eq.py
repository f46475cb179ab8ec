"""Export the resonance equalizer: `python -m tonecast.models.release.resonance_eq`.

Writes models/artifacts/resonance-eq-44k1.onnx and resonance-eq-48k.onnx.
"""

from __future__ import annotations

from pathlib import Path

from ...export.effect import export_effect, unmeasured
from ...plugin_core.effect_files.contract import Contract, Provenance
from ..resonance_eq.resonance_eq import ResonanceEQ

ARTIFACTS = Path(__file__).resolve().parents[1] / "artifacts"
FILES = {44_100: "resonance-eq-44k1.onnx", 48_000: "resonance-eq-48k.onnx"}
DATE = "2026-11-20"


def export_resonance_eq(sample_rate_hz: int, path: Path) -> Contract:
    """Write the resonance equalizer for one sample rate. Raise tonecast.Error where that fails."""
    module = ResonanceEQ(sample_rate_hz)
    contract = Contract(
        kind="effect",
        name="resonance-eq",
        label="Resonance equalizer",
        description="Finds what rings above its spectral neighbourhood and turns it down.",
        sample_rate_hz=sample_rate_hz,
        frame_size_samples=module.frame_size,
        hop_size_samples=module.hop_size,
        hop_sizes_samples=(module.hop_size,),
        analysis_window="hann",
        synthesis_window="hann",
        controls=module.controls,
        provenance=Provenance(
            data="none: signal processing after Grachten, Deruty and Tanguy (2018), section 2",
            licences=("GPL-3.0-or-later",),
            losses={},
            date=DATE,
        ),
        parity=unmeasured(),
    )
    state = {name: tuple(zeros.shape) for name, zeros in module.initial_state().items()}
    return export_effect(module, state, contract, path)


if __name__ == "__main__":
    for rate_hz, file in FILES.items():
        parity = export_resonance_eq(rate_hz, ARTIFACTS / file).parity
        print(f"{ARTIFACTS / file}: within {parity.largest_difference:.1e} of PyTorch")
