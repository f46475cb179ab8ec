"""The effect plays what the network plays.

python -m pytest
"""

import tonecast
import torch
from amp import RATE_HZ, Amp
from recordings import pairs

from export import EFFECT, HERE


def test_effect_is_what_was_learned() -> None:
    model = Amp()
    model.load_state_dict(torch.load(HERE / "amp.pt", weights_only=True))
    for dry, _, drive in pairs(RATE_HZ):
        dry = dry[:RATE_HZ]
        with torch.no_grad():
            wanted = model(dry[None, None], torch.tensor([[drive]]))[0, 0]
        played = tonecast.Effect(EFFECT, drive=drive)(dry.numpy(), RATE_HZ)
        assert torch.allclose(torch.from_numpy(played), wanted, atol=1e-4)


def test_file_is_intact() -> None:
    assert tonecast.verify(EFFECT).passed
