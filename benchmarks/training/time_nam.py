"""Times NAM's trainer in a Python that has it: see nam_trainer.py. Nothing of Tonecast is there.

    time_nam.py FILE.nam BATCH SAMPLES WARM_SAMPLES

Prints, in seconds of processor, one step forward and backward, behind one that is not counted.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import torch
from nam.models import init_from_nam

torch.set_num_threads(1)
document = json.loads(Path(sys.argv[1]).read_text())
batch, samples, warm_samples = map(int, sys.argv[2:])
if document["architecture"] == "LSTM":  # its gradient ends where the warm-up does, as ours
    document["config"] |= {"train_burn_in": warm_samples, "train_truncate": samples}
model = init_from_nam(document)
model.train()
sound = 0.1 * torch.randn(batch, samples)
took = 0.0
for _ in range(2):
    model.zero_grad()
    start = time.process_time()
    played = model(sound, pad_start=False)
    wanted = played[:, -(samples - warm_samples) :]
    (0.5 * wanted.square().sum()).backward()
    took = time.process_time() - start
print(took)
