"""Attention: within blocks, over channels, over windows of the past; never over everything."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import tonecast

torch = pytest.importorskip("torch", reason="exports need PyTorch: pip install 'tonecast[train]'")

from tonecast.export.streaming.convert import convert  # noqa: E402
from tonecast.export.streaming.trace import trace  # noqa: E402
from torch import Tensor, nn  # noqa: E402
from torch.nn import functional  # noqa: E402
from whole_and_frames import noise, play_frames, play_whole  # noqa: E402

BLOCK = 8
LATER = torch.ones(BLOCK, BLOCK, dtype=torch.bool).triu(1)


class Lifted(nn.Module):
    """Features of 8, what a function makes of them by layers, and back."""

    def __init__(self, function: Callable[..., Tensor], *layers: nn.Module) -> None:
        super().__init__()
        self.lift, self.out = nn.Linear(1, 8), nn.Linear(8, 1)
        self.function = function
        self.layers = nn.ModuleList(layers)

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.out(self.function(self.lift(x.mT), *self.layers))
        return out.mT


def in_blocks(y: Tensor, layer: nn.Module, **options: object) -> Tensor:
    """[batch, time, 8] through a layer that takes [blocks, BLOCK, 8]."""
    blocks = y.reshape(-1, BLOCK, 8)
    is_alone = isinstance(layer, nn.MultiheadAttention)
    out = layer(blocks, blocks, blocks, **options)[0] if is_alone else layer(blocks, **options)
    return out.reshape(y.shape)


def time_first(y: Tensor, layer: nn.Module) -> Tensor:
    out: Tensor = layer(y.reshape(-1, BLOCK, 8).transpose(0, 1)).transpose(0, 1)
    return out.reshape(y.shape)


def encoder(**options: object) -> nn.TransformerEncoderLayer:
    return nn.TransformerEncoderLayer(8, 2, 16, batch_first=True, **options)


def attention(**options: object) -> nn.MultiheadAttention:
    return nn.MultiheadAttention(8, 2, batch_first=True, **options)


def over_channels(y: Tensor, one: nn.Module, layer: nn.Module) -> Tensor:
    batch, time, channels = y.shape
    each = one(y.reshape(batch * time, channels, 1))
    return layer(each, each, each)[0].mean(-1).reshape(y.shape)


def to_the_past(y: Tensor, query: nn.Module, key: nn.Module) -> Tensor:
    past = functional.pad(key(y), (0, 0, 11, 0)).unfold(1, 12, 1).mT
    out = functional.scaled_dot_product_attention(query(y)[:, :, None], past, past)
    return out[:, :, 0]


def to_what_is_learned(y: Tensor, layer: nn.Module, first: nn.Module) -> Tensor:
    blocks = y.reshape(-1, BLOCK, 8)
    learned = first.weight.expand(len(blocks), -1, -1)
    out: Tensor = layer(blocks, learned)
    return out.reshape(y.shape)


def dual_path(y: Tensor, inner: nn.Module, across: nn.Module) -> Tensor:
    batch = len(y)
    blocks = inner(y.reshape(-1, BLOCK, 8)).reshape(batch, -1, BLOCK, 8).transpose(1, 2)
    moved, _ = across(blocks.reshape(batch * BLOCK, -1, 8))
    return (blocks + moved.reshape(blocks.shape)).transpose(1, 2).reshape(y.shape)


CASES: dict[str, Callable[[], nn.Module]] = {
    "encoder": lambda: Lifted(in_blocks, encoder()),
    "encoder, norms first": lambda: Lifted(
        in_blocks, encoder(norm_first=True, activation="gelu", bias=False)
    ),
    "two encoders": lambda: Lifted(in_blocks, nn.TransformerEncoder(encoder(), 2)),
    "time first": lambda: Lifted(time_first, nn.TransformerEncoderLayer(8, 2, 16)),
    "to the past within blocks": lambda: Lifted(
        lambda y, layer: in_blocks(y, layer, attn_mask=LATER, need_weights=False), attention()
    ),
    "with the shares": lambda: Lifted(
        lambda y, layer: in_blocks(y, layer, attn_mask=LATER.float() * -3), attention(bias=False)
    ),
    "over channels": lambda: Lifted(over_channels, nn.Linear(1, 8), attention()),
    "to windows of the past": lambda: Lifted(to_the_past, nn.Linear(8, 8), nn.Linear(8, 8)),
    "to what is learned": lambda: Lifted(
        to_what_is_learned,
        nn.TransformerDecoderLayer(8, 2, 16, batch_first=True),
        nn.Embedding(5, 8),
    ),
    "dual path": lambda: Lifted(dual_path, encoder(), nn.GRU(8, 8, batch_first=True)),
}


@pytest.mark.parametrize("case", CASES)
def test_stream_equals_the_whole(case: str) -> None:
    torch.manual_seed(1)
    module = CASES[case]().eval()
    traced = trace(module, {})
    for size in (BLOCK, 5 * BLOCK):
        converted = convert(traced, {}, size)
        sound = noise(800, channels=2)
        whole = play_whole(module, sound, {})
        played = play_frames(converted, sound, {})
        late = converted.delay_samples
        difference = (played[:, late:] - whole[:, : whole.shape[1] - late]).abs().max()
        assert difference < 3e-6, f"frames of {size}"


REFUSED: dict[str, tuple[Callable[[], nn.Module], str]] = {
    "encoder": (
        lambda: Lifted(lambda y, layer: layer(y), encoder()),
        r"self_attn \(MultiheadAttention\) at test_att.*attends to the whole.*unfold",
    ),
    "with the shares": (
        lambda: Lifted(lambda y, layer: layer(y, y, y)[0], attention()),
        r"\(MultiheadAttention\) at test_attention.*attention over everything",
    ),
    "mask that follows the sound": (
        lambda: Lifted(
            lambda y: functional.scaled_dot_product_attention(
                *[b := y.reshape(len(y), -1, BLOCK, 8)] * 3, attn_mask=b @ b.mT > 0
            ).reshape(y.shape)
        ),
        "mask follows the sound",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_attention_to_everything_is_refused_by_its_layer(case: str) -> None:
    make, sentence = REFUSED[case]
    with pytest.raises(tonecast.Error, match=sentence) as raised:
        convert(trace(make().eval(), {}), {}, 64)
    assert "\n" not in str(raised.value)


def test_attention_in_heads_is_that_of_pytorch() -> None:
    from tonecast.export.streaming.operators.intercept import Intercepted

    torch.manual_seed(1)
    layer, x = attention().eval(), torch.randn(3, BLOCK, 8)
    for options in (
        {"attn_mask": LATER},
        {"attn_mask": LATER, "need_weights": False, "is_causal": True},
        {"average_attn_weights": False},
        {"key_padding_mask": torch.zeros(3, BLOCK, dtype=torch.bool)},
    ):
        expected = layer(x, x, x, **options)
        with Intercepted():
            found = layer(x, x, x, **options)
        for one, other in zip(found, expected, strict=True):
            assert (one is None) == (other is None)
            assert one is None or torch.allclose(one, other, atol=1e-6)
