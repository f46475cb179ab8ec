"""Make the live effect of what was learned.

python export.py
"""

from pathlib import Path

import tonecast
import torch
from amp import RATE_HZ, Amp

HERE = Path(__file__).parent
EFFECT = HERE / "my-effect.onnx"


def main() -> None:
    model = Amp()
    learned = HERE / "amp.pt"
    if not learned.exists():
        raise SystemExit(f"{learned.name} is not there yet; run python train.py first")
    model.load_state_dict(torch.load(learned, weights_only=True))
    tonecast.export(
        model,
        EFFECT,
        sample_rate=RATE_HZ,
        description="An overdrive, learned from recordings.",
        data="simulated: plucked strings through a tanh",
        licences=("CC0-1.0",),
        drive=tonecast.Knob(0, 1, 0.5),
    )


if __name__ == "__main__":
    main()
