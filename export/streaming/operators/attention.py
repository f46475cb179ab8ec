"""nn.MultiheadAttention with heads on an axis of their own: PyTorch merges them with the batch."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional


def attend(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    features: int,
    heads: int,
    weight: Tensor | None,
    bias: Tensor | None,
    bias_k: Tensor | None,
    bias_v: Tensor | None,
    add_zero_attn: bool,
    dropout: float,
    out_weight: Tensor,
    out_bias: Tensor | None,
    *,
    need_weights: bool = True,
    average_attn_weights: bool = True,
    attn_mask: Tensor | None = None,
    **options: Any,
) -> tuple[Tensor, Tensor | None]:
    """As torch.nn.functional.multi_head_attention_forward does: [length, batch, features].

    What is rarely used goes to the original.
    """
    rare = (bias_k, bias_v, *(options.get(name) for name in ("key_padding_mask", "static_k")))
    is_rare = any(one is not None for one in rare) or add_zero_attn or query.dim() != 3
    if is_rare or (attn_mask is not None and attn_mask.dim() != 2):
        return functional.multi_head_attention_forward(
            *(query, key, value, features, heads, weight, bias, bias_k, bias_v, add_zero_attn),
            *(dropout, out_weight, out_bias),
            need_weights=need_weights,
            average_attn_weights=average_attn_weights,
            attn_mask=attn_mask,
            **options,
        )
    given = (
        [options[f"{name}_proj_weight"] for name in "qkv"] if weight is None else weight.chunk(3)
    )
    biases = [None] * 3 if bias is None else bias.chunk(3)
    q, k, v = (
        functional.linear(x, w, b).reshape(*x.shape[:2], heads, -1).permute(1, 2, 0, 3)
        for x, w, b in zip((query, key, value), given, biases, strict=True)
    )
    mask = _added(attn_mask)
    shares = None
    if need_weights:
        likeness = q @ k.mT / math.sqrt(features // heads)
        shares = torch.softmax(likeness if mask is None else likeness + mask, -1)
        mixed = shares @ v
        shares = shares.mean(1) if average_attn_weights else shares
    else:
        mixed = functional.scaled_dot_product_attention(q, k, v, mask)
    out = functional.linear(mixed.permute(2, 0, 1, 3).flatten(2), out_weight, out_bias)
    return out, shares


def _added(mask: Tensor | None) -> Tensor | None:
    """A mask to add: where the original's is true, nothing is heard."""
    if mask is None or mask.is_floating_point():
        return mask
    return torch.zeros(mask.shape).masked_fill(mask, -math.inf)
