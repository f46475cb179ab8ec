import numpy as np
import torch
from tonecast.models.data.frames import Frames
from tonecast.models.data.note import Note
from tonecast.models.offline import periodic_hann


def notes(*levels: float) -> list[Note]:
    rng = np.random.default_rng(1)
    made = []
    for level in levels:
        dry = (level * rng.standard_normal(2000)).astype(np.float32)
        made.append(Note("n", "r", "", None, dry, -2 * dry))
    return made


def generator(seed: int = 1) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def test_dry_and_wet_are_cut_at_the_same_place_and_windowed() -> None:
    dry, wet, *_ = Frames(notes(0.1), 256, 64).draw(50, generator())
    torch.testing.assert_close(wet, -2 * dry, rtol=1e-6, atol=0)
    assert dry.shape == (50, 256)
    source = notes(0.1)[0].dry
    padded = torch.from_numpy(np.pad(source, 192)).unfold(0, 256, 64) * periodic_hann(256)
    for frame in dry:
        assert (padded - frame).abs().amax(dim=1).min() < 1e-7


def test_frames_never_reach_from_one_note_into_the_next() -> None:
    frames = Frames(notes(0.1, 0.0, 0.1), 256, 64)
    assert len(frames) == 3 * ((2000 + 2 * 192 - 256) // 64 + 1)
    dry = frames.draw(2000, generator()).dry
    assert float(dry.abs().amax(dim=1).min()) > 0  # nothing of the silent note is ever drawn


def test_loud_frames_come_in_proportion_to_their_rms() -> None:
    dry = Frames(notes(0.4, 0.1), 256, 64).draw(20_000, generator()).dry
    loud = float((dry.square().mean(dim=1).sqrt() > 0.1).double().mean())
    assert 0.75 < loud < 0.85


def test_same_seed_draws_the_same() -> None:
    frames = Frames(notes(0.1, 0.2), 256, 64)
    first, second = frames.draw(10, generator(5)), frames.draw(10, generator(5))
    assert torch.equal(first[0], second[0])
    assert not torch.equal(first[0], frames.draw(10, generator(6))[0])
