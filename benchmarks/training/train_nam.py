"""Trains NAM's default network in a Python that has its trainer: see nam_trainer.py.

    train_nam.py FOLDER MINUTES

FOLDER holds pair.npz: dry and wet [samples], sample_rate_hz, and training and validation
[pieces, 2], their first samples and ends. Network, loss, optimizer, schedule, segments, batches and
level are those of `nam.train.core.train`. It takes no recording but its own, and counts epochs;
this takes any, and counts minutes of the processor.

Writes nam.nam, the best on the validation pieces, and nam.json: steps, epochs, and seconds spent.
SIGTERM ends it early.
"""

from __future__ import annotations

import json
import signal
import sys
import time
from pathlib import Path
from types import FrameType

import numpy as np
import torch
from nam.data import ConcatDataset, Dataset, NormalizeJointDatasetOutput
from nam.train import core
from nam.train.lightning_module import PackedLightningModule
from torch.utils.data import DataLoader

BATCH = 16  # as the default of `core.train`, and so is the level
LEVEL_DBFS = -18.0
VALIDATE_EVERY_S = 30.0

torch.set_num_threads(1)
torch.manual_seed(0)
folder, minutes = Path(sys.argv[1]), float(sys.argv[2])
pair = np.load(folder / "pair.npz")
module = PackedLightningModule.init_from_config(core._get_packed_model_config())
net = module.net
past = net.receptive_field - 1


def pieces(kind: str, segment_samples: int | None) -> list[Dataset]:
    """The pieces of a kind, each with what the network hears before it."""
    dry, wet = (
        torch.from_numpy(np.concatenate([np.zeros(past, np.float32), pair[side]]))
        for side in ("dry", "wet")
    )
    return [
        Dataset(
            dry[begin : end + past],
            wet[begin : end + past],
            nx=net.receptive_field,
            ny=segment_samples,
            sample_rate=float(pair["sample_rate_hz"]),
            require_input_pre_silence=None,
        )
        for begin, end in pair[kind]
    ]


def errors() -> list[float]:
    """The ESR of each submodel on all validation pieces together."""
    error, power = torch.zeros(net.num_submodels), 0.0
    module.eval()
    with torch.no_grad():
        for piece in validation:
            wanted = piece.y[past:]
            error += (net(piece.x[None], pad_start=False)[0] - wanted).square().sum(dim=1)
            power += float(wanted.square().sum())
    module.train()
    return (error / power).tolist()


training, validation = (
    ConcatDataset(pieces("training", core._NY_DEFAULT)),
    pieces("validation", None),
)
NormalizeJointDatasetOutput(LEVEL_DBFS).apply(training, ConcatDataset(validation[:1]))
scale = training.datasets[0]._y_scale
for one in validation[1:]:
    one.scale_output(scale)
net.sample_rate = training.sample_rate
for one in (*training.datasets, *validation):
    one.handshake(net)
batches = DataLoader(training, batch_size=BATCH, shuffle=True, drop_last=True)
if not len(batches):
    sys.exit(f"{len(training)} segments are less than a batch of {BATCH}; record more")
tools = module.configure_optimizers()
optimizer, schedule = tools["optimizer"], tools["lr_scheduler"]["scheduler"]

budget_s = 60 * minutes


def end_early(number: int, frame: FrameType | None) -> None:
    """End after this step, as if that had been the time given."""
    global budget_s
    budget_s = 0.0


signal.signal(signal.SIGTERM, end_early)
begin_s = validated_s = time.process_time()
best, steps, epochs, history = [float("inf")] * net.num_submodels, 0, 0, []
kept: dict[int, Path] = {}
while time.process_time() - begin_s < budget_s:
    for batch in batches:
        optimizer.zero_grad()
        module.training_step(batch, steps).backward()
        optimizer.step()
        net.apply_mask()
        steps += 1
        spent_s = time.process_time() - begin_s
        if spent_s >= budget_s:
            break
    else:
        schedule.step()
        epochs += 1
    if time.process_time() - validated_s < VALIDATE_EVERY_S and spent_s < budget_s:
        continue
    found = errors()
    validated_s = time.process_time()
    history.append([steps, spent_s, found[-1]])
    print(f"{steps} steps, {epochs} epochs, {spent_s:.0f} s: {found}", flush=True)
    for index, esr in enumerate(found):
        if esr < best[index]:
            best[index] = esr
            kept[index] = folder / f"nam_{index}.ckpt"
            state = {"state_dict": module.state_dict()}
            torch.save(state, kept[index])
net.eval()
net.export_container(folder, basename="nam", checkpoint_paths_by_submodel=kept)
result = {
    "steps": steps,
    "epochs": epochs,
    "seconds": time.process_time() - begin_s,
    "validation_esr": best[-1],
    "history": history,
}
(folder / "nam.json").write_text(json.dumps(result))
